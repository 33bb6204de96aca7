/// Makes sample records that fit the sample schema `messenger.yaml`, the same ones for the same seed.
///
/// The mix is that of a real return of a messenger, counted in public: 80.7 % logins, 18.0 % messages, 1.3 % call
/// events; one record in a hundred beside them is a position or an account.
package struct SampleRecordGenerator {
  /// Which accounts and devices the records name.
  package enum Identifiers: String, CaseIterable {
    /// A pool of accounts, some far busier than others, as real traffic repeats them.
    case repeating = "repeat"
    /// A new id, device and address in every record; phone numbers stay in the ranges kept for fiction.
    case unique
  }

  private var random: SplitMix64
  private var times: SampleTimes
  private let kind: RecordKind?
  private let identifiers: Identifiers
  private let accounts: [SampleAccount]
  private var call: Call?
  private var accountRecordCount = 0

  /// A call whose further events are still to be written.
  private struct Call {
    var id: UInt64
    var from: Int
    var to: Int
    var isVideo: Bool
    var isAnswered: Bool
    var lastInstant: Int
  }

  /// Makes records of one kind, or of all in the sample's mix where `kind` is nil.
  ///
  /// - Parameter count: How many will be asked for; it spreads their times.
  package init(seed: UInt64, count: Int, kind: RecordKind?, identifiers: Identifiers) {
    random = SplitMix64(seed: seed)
    times = SampleTimes(count: count)
    self.kind = kind
    self.identifiers = identifiers
    accounts = (0..<SampleAccount.poolCount).map(SampleAccount.init(place:))
  }

  /// Appends the next record to `text`.
  package mutating func appendRecord(to text: inout RecordText) {
    if let call {
      appendFurtherEvent(of: call, to: &text)
      return
    }
    let instant = times.next(using: &random)
    switch kind ?? drawKind() {
    case .message: appendMessage(at: instant, to: &text)
    case .call: appendOffer(at: instant, to: &text)
    case .connection: appendConnection(at: instant, to: &text)
    case .location: appendLocation(at: instant, to: &text)
    case .account: appendAccount(to: &text)
    }
  }

  /// The kind of the next record. A drawn call has 2.6 events on average, so 50 of them are 130 records.
  private mutating func drawKind() -> RecordKind {
    switch random.next(below: 10_020) {
    case ..<8070: .connection
    case ..<9870: .message
    case ..<9920: .call
    case ..<9970: .location
    default: .account
    }
  }

  // MARK: Message

  private mutating func appendMessage(at instant: Int, to text: inout RecordText) {
    let sender = drawAccount()
    let style = random.next(below: 20)
    let (isGroup, isBroadcast) = ((13..<19).contains(style), style == 19)
    let recipientCount = isGroup ? random.next(in: 2...7) : isBroadcast ? random.next(in: 2...4) : 1
    var recipients: [Int] = []
    for _ in 0..<recipientCount { recipients.append(drawAccount(otherThan: sender)) }

    text.openRecord(kind: .message)
    text.hex("message_id", random.next())
    text.instant("timestamp", instant)
    text.text("sender", accounts[sender].phone)
    text.texts("recipients", count: recipients.count) { accounts[recipients[$0]].phone }
    if isGroup {
      text.hex("group_id", groupID())
    } else {
      text.absent("group_id")
    }
    if isGroup, random.happens(percent: 5) {
      text.text("added_participant", accounts[drawAccount(otherThan: sender)].phone)
    } else {
      text.absent("added_participant")
    }
    appendOrigin(of: sender, "sender_ip", "sender_port", to: &text)
    text.word("sender_device", RecordWords.devices[accounts[sender].deviceKind])
    text.hex("sender_device_id", device(of: sender))
    text.word("type", RecordWords.messageTypes[random.next(below: RecordWords.messageTypes.count)])
    text.word("message_style", isGroup ? "group" : isBroadcast ? "broadcast" : "individual")
    text.integer("message_size", random.next(in: 64...200_000))
    if random.happens(percent: 12) {
      text.hex("body", prefix: "ciphertext-", random.next())
    } else {
      text.absent("body")
    }
    text.closeRecord()
  }

  private mutating func groupID() -> UInt64 {
    let drawn = random.next()
    if identifiers == .unique { return drawn }
    var group = SplitMix64(seed: drawn % 200)
    return group.next()
  }

  // MARK: Call

  private mutating func appendOffer(at instant: Int, to text: inout RecordText) {
    let from = drawAccount()
    let new = Call(
      id: random.next(), from: from, to: drawAccount(otherThan: from), isVideo: random.happens(percent: 40),
      isAnswered: false, lastInstant: instant)
    call = new
    appendEvent("offer", of: new, at: instant, fromCaller: true, duration: nil, to: &text)
  }

  /// Six calls in ten are answered and end later; the others are rejected or end unanswered.
  private mutating func appendFurtherEvent(of current: Call, to text: inout RecordText) {
    var next = current
    if current.isAnswered {
      let seconds = random.next(in: 3...2400)
      let instant = current.lastInstant + seconds * 1000 + random.next(below: 1000)
      call = nil
      let byCaller = random.happens(percent: 50)
      appendEvent("terminate", of: current, at: instant, fromCaller: byCaller, duration: seconds, to: &text)
      return
    }
    next.lastInstant += random.next(in: 2000...30_000)
    let outcome = random.next(below: 100)
    next.isAnswered = outcome < 60
    call = next.isAnswered ? next : nil
    let event: StaticString = outcome < 60 ? "accept" : outcome < 85 ? "reject" : "terminate"
    appendEvent(event, of: next, at: next.lastInstant, fromCaller: outcome >= 85, duration: nil, to: &text)
  }

  /// Writes one event; an end may lack its address, as real ones do.
  private mutating func appendEvent(
    _ event: StaticString, of call: Call, at instant: Int, fromCaller: Bool, duration: Int?,
    to text: inout RecordText
  ) {
    let (from, to) = fromCaller ? (call.from, call.to) : (call.to, call.from)
    text.openRecord(kind: .call)
    text.hex("call_id", call.id)
    text.instant("timestamp", instant)
    text.text("call_creator", accounts[call.from].phone)
    text.word("event_type", event)
    text.text("from", accounts[from].phone)
    text.text("to", accounts[to].phone)
    if duration != nil, random.happens(percent: 30) {
      text.absent("from_ip")
      text.absent("from_port")
    } else {
      appendOrigin(of: from, "from_ip", "from_port", to: &text)
    }
    text.word("media_type", call.isVideo ? "video" : "audio")
    if let duration {
      text.integer("call_duration", duration)
    } else {
      text.absent("call_duration")
    }
    text.closeRecord()
  }

  // MARK: Connection

  private mutating func appendConnection(at instant: Int, to text: inout RecordText) {
    let account = drawAccount()
    let isLogout = random.happens(percent: 40)
    text.openRecord(kind: .connection)
    text.instant("timestamp", instant)
    text.text("phone", accounts[account].phone)
    text.word("event", isLogout ? "logout" : "login")
    appendOrigin(of: account, "ip", "port", to: &text)
    text.hex("device_id", device(of: account))
    text.word("device_type", RecordWords.devices[accounts[account].deviceKind])
    text.text("app_version", "2.26.", random.next(in: 1...30))
    if isLogout {
      text.integer("session_duration", random.next(in: 5...7200))
    } else {
      text.absent("session_duration")
    }
    text.closeRecord()
  }

  // MARK: Location

  private mutating func appendLocation(at instant: Int, to text: inout RecordText) {
    let account = drawAccount()
    text.openRecord(kind: .location)
    text.instant("timestamp", instant)
    appendAccountID(of: account, to: &text)
    text.openObject("position")
    text.millionths("lat", random.next(in: -60_000_000...70_000_000))
    text.millionths("lon", random.next(in: -179_999_999...179_999_999))
    text.integer("accuracy", random.next(in: 3...5000))
    text.word("source", RecordWords.positionSources[random.next(below: RecordWords.positionSources.count)])
    text.closeObject()
    // 001-01 is the code of test networks, which no operator has.
    text.text("cell", "001-01-", random.next(in: 1...9999))
    text.closeRecord()
  }

  // MARK: Account

  /// Accounts come in the order of the pool, each with the same values whenever it comes again.
  private mutating func appendAccount(to text: inout RecordText) {
    let place = accountRecordCount % accounts.count
    accountRecordCount += 1
    var own = SplitMix64(seed: identifiers == .unique ? random.next() : 0xacc0 &+ UInt64(place))
    let registered = 1_420_070_400_000 + own.next(below: 1600) * 86_400_000 + own.next(below: 86_400_000)
    let lastSeen = 1_790_726_400_000 + own.next(below: 86_400_000)
    let home = identifiers == .unique ? .random(using: &own, newPerRecord: true) : accounts[place].home

    text.openRecord(kind: .account)
    text.text("phone", accounts[place].phone)
    appendAccountID(of: place, to: &text)
    text.text("name", "Sample Account ", place)
    text.text("email", "account", place, "@example.org")
    text.instant("service_start", registered)
    text.address("registration_ip", home)
    text.integer("registration_port", own.next(in: 1024...65_535))
    text.instant("last_seen", lastSeen)
    text.address("last_ip", home)
    text.text("push_name", "Ren\u{e9} ", place)
    text.text("about", "Available until ", own.next(below: 1000))
    text.text("registration_pin", "", own.next(in: 100_000...999_999))
    text.openObject("push")
    text.hex("token", own.next())
    text.closeObject()
    text.closeRecord()
  }

  // MARK: Identifiers

  private mutating func drawAccount() -> Int {
    switch identifiers {
    case .repeating: random.nextSkewed(below: accounts.count)
    case .unique: random.next(below: accounts.count)
    }
  }

  private mutating func drawAccount(otherThan account: Int) -> Int {
    let drawn = drawAccount()
    return drawn == account ? (drawn + 1) % accounts.count : drawn
  }

  private mutating func device(of account: Int) -> UInt64 {
    identifiers == .unique ? random.next() : accounts[account].device
  }

  private mutating func appendAccountID(of account: Int, to text: inout RecordText) {
    if identifiers == .unique {
      text.hex("account_id", prefix: "a-", random.next())
    } else {
      text.text("account_id", accounts[account].accountID)
    }
  }

  /// The address and port that an account connects from: mostly its home.
  private mutating func appendOrigin(
    of account: Int, _ ip: StaticString, _ port: StaticString, to text: inout RecordText
  ) {
    if identifiers == .repeating, random.happens(percent: 70) {
      text.address(ip, accounts[account].home)
    } else {
      text.address(ip, .random(using: &random, newPerRecord: identifiers == .unique))
    }
    text.integer(port, random.next(in: 1024...65_535))
  }
}
