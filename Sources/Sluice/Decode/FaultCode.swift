/// Why a record, or one value of it, could not be read.
///
/// One byte, so that it travels the record path for free; the sentence is made at the edge.
public enum FaultCode: UInt8, Error, CaseIterable, Sendable {
  // The record as a whole: unreadable for every packet.
  case utf8Invalid = 1
  case recordTooLong
  case jsonSyntax
  case jsonTruncated
  case jsonDepth
  case jsonMembers
  case jsonElements
  case jsonDuplicateKey
  case jsonSurrogate
  case jsonControl
  case jsonNumber
  case jsonLiteral
  case jsonTrailing
  case jsonNotObject
  case stringTooLong
  case pathAmbiguous
  case csvQuote
  case csvColumns
  case csvBareCarriageReturn
  // What a schema asks of a record.
  case kindUnreadable
  case kindAmbiguous
  case fieldAmbiguous
  case timeMissing
  case partyMissing
  // One value.
  case valueType
  case valueEmpty
  case phoneFormat
  case phoneLength
  case phoneRegion
  case identifierAlphabet
  case identifierLength
  case emailFormat
  case ipFormat
  case portRange
  case timeFormat
  case timeRange
  case timeNonexistent
  case timeAmbiguous
  case numberFormat
  case numberRange
  case booleanFormat
  case enumerationUnknown
  case geoFormat
  case geoRange
  case geoIncomplete
  case textCharacter
  case textLength
  case textStart
  case arrayLength

  /// The stable code: `json-duplicate-key`.
  public var code: String {
    var code = ""
    for character in String(describing: self) {
      if character.isUppercase {
        code += "-" + character.lowercased()
      } else {
        code.append(character)
      }
    }
    return code
  }
}
