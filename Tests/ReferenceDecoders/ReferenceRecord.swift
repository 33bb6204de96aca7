import Sluice

/// A path of keys, as bytes: two keys are one only where their bytes are.
package typealias ReferencePath = [[UInt8]]

/// What stands at one path of a record, as a reference decoder read it.
package struct ReferenceValue: Equatable {
  package let kind: ValueKind
  /// Where its slot begins: the first byte between the quotes of a string or a quoted cell, else its first byte.
  package let offset: Int
  package let length: Int
  package let isEscaped: Bool
  /// The bytes that it means, escapes undone.
  package let text: [UInt8]
  /// The elements of an array.
  package let elements: [ReferenceValue]

  package init(
    _ kind: ValueKind, at range: Range<Int>, isEscaped: Bool = false, text: [UInt8],
    elements: [ReferenceValue] = []
  ) {
    self.kind = kind
    offset = range.lowerBound
    length = range.count
    self.isEscaped = isEscaped
    self.text = text
    self.elements = elements
  }

  /// The same value where the schema has an object.
  var misplaced: ReferenceValue {
    ReferenceValue(.misplaced, at: offset..<offset + length, isEscaped: isEscaped, text: text)
  }
}

/// Why a record was refused, and at which of its bytes.
package struct ReferenceFault: Error, Equatable {
  package let code: FaultCode
  package let offset: Int

  init(_ code: FaultCode, _ offset: Int) {
    self.code = code
    self.offset = offset
  }
}

/// A record as a reference decoder read it.
package struct ReferenceRecord: Equatable {
  /// What stands at each path that has something; an absent one is left out.
  package var values: [ReferencePath: ReferenceValue] = [:]
  /// The unknown keys, or the unknown columns that hold a value, each as often as it was seen.
  package var unknownNames: [[UInt8]] = []

  package init() {}
}
