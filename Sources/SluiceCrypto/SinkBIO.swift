internal import CLibcrypto

/// A BIO that hands what libcrypto writes to a closure, so that nothing is gathered and no failure goes unseen.
final class SinkBIO {
  /// Of the BIO; the sink must live as long.
  let pointer: OpaquePointer

  /// Whether the closure has refused bytes; every later write fails.
  private(set) var hasFailed = false

  private let write: (UnsafeRawBufferPointer) -> Bool

  /// The kind of BIO, made once a process and never freed.
  private static let method = Method()

  private final class Method: @unchecked Sendable {
    let pointer: OpaquePointer?

    init() {
      let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sluice sink")
      pointer = method
      BIO_meth_set_write_ex(method) { bio, bytes, count, written in
        guard let data = BIO_get_data(bio), let bytes else { return 0 }
        let sink = Unmanaged<SinkBIO>.fromOpaque(data).takeUnretainedValue()
        if sink.hasFailed || !sink.write(UnsafeRawBufferPointer(start: bytes, count: count)) {
          sink.hasFailed = true
          return 0
        }
        written?.pointee = count
        return 1
      }
      // The one thing that is asked of a sink: to flush, which it does always.
      BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    }
  }

  /// Makes a sink; the closure returns false where it could not take the bytes.
  init(_ write: @escaping (UnsafeRawBufferPointer) -> Bool) throws(CryptoError) {
    guard let method = Self.method.pointer, let bio = BIO_new(method) else {
      throw .libcrypto(
        code: "out-of-memory",
        "There is no memory for an envelope. Give the process more (`ulimit -v`), or free some.")
    }
    pointer = bio
    self.write = write
    BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
    BIO_set_init(bio, 1)
  }

  deinit { BIO_free(pointer) }
}
