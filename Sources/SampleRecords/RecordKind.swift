/// A kind of record in the sample schema `messenger.yaml`.
package enum RecordKind: String, CaseIterable {
  case message, call, connection, location, account

  /// The word in the record's `kind` field.
  var word: StaticString {
    switch self {
    case .message: "message"
    case .call: "call"
    case .connection: "connection"
    case .location: "location"
    case .account: "account"
    }
  }

  /// The columns of its CSV file, in the order in which `SampleRecordGenerator` names the fields.
  package var columns: [StaticString] {
    switch self {
    case .message:
      [
        "kind", "message_id", "timestamp", "sender", "recipients", "group_id", "added_participant",
        "sender_ip",
        "sender_port", "sender_device", "sender_device_id", "type", "message_style", "message_size", "body",
      ]
    case .call:
      [
        "kind", "call_id", "timestamp", "call_creator", "event_type", "from", "to", "from_ip", "from_port",
        "media_type", "call_duration",
      ]
    case .connection:
      [
        "kind", "timestamp", "phone", "event", "ip", "port", "device_id", "device_type", "app_version",
        "session_duration",
      ]
    case .location:
      [
        "kind", "timestamp", "account_id", "position.lat", "position.lon", "position.accuracy",
        "position.source",
        "cell",
      ]
    case .account:
      [
        "kind", "phone", "account_id", "name", "email", "service_start", "registration_ip",
        "registration_port",
        "last_seen", "last_ip", "push_name", "about", "registration_pin", "push.token",
      ]
    }
  }
}
