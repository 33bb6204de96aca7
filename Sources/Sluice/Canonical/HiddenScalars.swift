extension Unicode.Scalar {
  /// Whether it has no form of its own and could hide, turn round or break what stands beside it: control, format, line and
  /// paragraph separators, private and unassigned ones, noncharacters among these.
  var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// Whether a spreadsheet may take a cell that begins so for a formula: `=`, `+`, `-`, `@`, their full-width and small
  /// forms, and the minus sign.
  @inline(__always) var beginsFormula: Bool {
    switch value {
    case 0x3D, 0x2B, 0x2D, 0x40, 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20, 0xFE66, 0xFE62, 0xFE63, 0xFE6B, 0x2212: true
    default: false
    }
  }
}
