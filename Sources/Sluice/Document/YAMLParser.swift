import CYaml

/// What libyaml finds next in a text: no alias is followed, and whether there is a tag is told, but not what it means.
struct YAMLEvent {
  enum Content {
    /// `isPlain`: written without quotes.
    case scalar(String, isPlain: Bool)
    case sequenceStart
    case mappingStart
    case alias
    /// The end of a sequence or a mapping.
    case end
    case documentStart
    case streamEnd
  }

  let content: Content
  /// From 1, as `column` is, which counts characters.
  let line: Int
  let column: Int
  let hasAnchor: Bool
  let hasTag: Bool
}

/// Reads YAML 1.1 event by event. A reference, because libyaml keeps the addresses of the text and of its own state.
final class YAMLParser {
  let file: String
  private let text: UnsafeMutableBufferPointer<UInt8>
  private let state = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)

  init(_ bytes: [UInt8], file: String) {
    self.file = file
    text = .allocate(capacity: bytes.count)
    _ = text.initialize(from: bytes)
    // It fails without memory alone, where Swift's own allocations end the process too.
    guard yaml_parser_initialize(state) == 1 else { preconditionFailure("no memory for a document's parser") }
    yaml_parser_set_input_string(state, text.baseAddress, text.count)
    // Given, because libyaml else guesses it by the first bytes.
    yaml_parser_set_encoding(state, YAML_UTF8_ENCODING)
  }

  deinit {
    yaml_parser_delete(state)
    state.deallocate()
    text.deallocate()
  }

  /// The next event, up to the end of the stream. Throws the problem where the text is not YAML.
  func next() throws(DocumentError) -> YAMLEvent {
    var event = yaml_event_t()
    repeat {
      guard yaml_parser_parse(state, &event) == 1 else { throw error }
    } while event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_END_EVENT
    defer { yaml_event_delete(&event) }
    // libyaml counts from 0.
    let (line, column) = (event.start_mark.line + 1, event.start_mark.column + 1)
    func made(_ content: YAMLEvent.Content, anchor: Bool = false, tag: Bool = false) -> YAMLEvent {
      YAMLEvent(content: content, line: line, column: column, hasAnchor: anchor, hasTag: tag)
    }
    let data = event.data
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = data.scalar
      let text = String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      return made(
        .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), anchor: scalar.anchor != nil,
        tag: scalar.tag != nil)
    case YAML_SEQUENCE_START_EVENT:
      let start = data.sequence_start
      return made(.sequenceStart, anchor: start.anchor != nil, tag: start.tag != nil)
    case YAML_MAPPING_START_EVENT:
      let start = data.mapping_start
      return made(.mappingStart, anchor: start.anchor != nil, tag: start.tag != nil)
    case YAML_ALIAS_EVENT: return made(.alias)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return made(.end)
    case YAML_DOCUMENT_START_EVENT: return made(.documentStart)
    case YAML_STREAM_END_EVENT: return made(.streamEnd)
    // libyaml has no further event once it has failed or ended.
    default: throw error
    }
  }

  /// What libyaml could not read, in our own words.
  private var error: DocumentError {
    let mark = state.pointee.problem_mark
    let place = Position(file: file, line: mark.line + 1, column: mark.column + 1)
    switch state.pointee.problem.map({ String(cString: $0) }) {
    case "mapping values are not allowed in this context":
      return .failure("yaml-syntax", "no “key: value” may begin here; quote text with a colon", at: place)
    case "did not find expected key":
      return .failure("yaml-syntax", "a key is missing here; check the indentation", at: place)
    case "found character that cannot start any token":
      return .failure("yaml-syntax", "no value can start with this character; quote it", at: place)
    case "did not find expected ',' or '}'", "did not find expected ',' or ']'":
      return .failure("yaml-syntax", "a comma or the closing bracket is missing here; add it", at: place)
    case "found undefined tag handle":
      return DocumentError([.refusedTag(at: place)])
    case "found unexpected end of stream":
      return .failure("yaml-syntax", "a quoted text does not end; close the quote", at: place)
    default: return .failure("yaml-syntax", "the text is not YAML from here on; correct it", at: place)
    }
  }
}

extension Problem {
  /// A tag: told where a node has one, and where libyaml knows no meaning of its handle.
  static func refusedTag(at position: Position) -> Problem {
    Problem(
      "yaml-tag", "tags are not allowed; take it out, for every value is read as its key says", at: position)
  }
}

extension DocumentError {
  /// The problem after which nothing more of a document can be read.
  static func failure(_ code: String, _ message: String, at position: Position) -> DocumentError {
    DocumentError([Problem(code, message, at: position)])
  }
}
