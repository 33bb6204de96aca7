import Synchronization

/// Makes a value for each index below a count, on this thread and on more, and returns them in order.
///
/// For work that has nothing to do with the order of records: documents to read, packets to seal. Whoever is free takes
/// the next index. Where the system gives no thread, this one does all.
func inParallel<Value: Sendable>(
  _ count: Int, workerCount: Int, _ make: @escaping (Int) -> Value
) -> [Value] {
  let next = Atomic(0)
  let made = Guarded<[Value?]>(Array(repeating: nil, count: count))
  let work = {
    var own: [(index: Int, value: Value)] = []
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < count else { break }
      own.append((index, make(index)))
    }
    made.withLock { values in
      for (index, value) in own { values[index] = value }
    }
  }
  let threads = (1..<max(min(workerCount, count), 1)).compactMap { _ in Thread(work) }
  work()
  for thread in threads { thread.join() }
  return made.withLock { $0 }.map { value in
    guard let value else { preconditionFailure("every index is taken once") }
    return value
  }
}
