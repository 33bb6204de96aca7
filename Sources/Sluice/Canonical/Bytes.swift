/// Untrusted bytes that someone else owns, valid for the call they are passed to.
package typealias Bytes = UnsafeBufferPointer<UInt8>
