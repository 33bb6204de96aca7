/// The known name that a mistyped one is nearest to, as `; did you mean “NAME”?`, or nothing where none is near.
///
/// Only a known name is ever shown. A name is near when at most a third of it (and at least one character) would
/// have to change. Quadratic in the length of a name, which is why long ones are not compared.
package func nearestNameHint(to wrong: String, in known: some Sequence<String>) -> String {
  let target = Array(wrong.utf8.prefix(128))
  var best: (name: String, distance: Int)?
  for name in known where name.utf8.count <= 128 {
    let distance = editDistance(target, Array(name.utf8))
    if distance <= max(1, name.utf8.count / 3), distance < best?.distance ?? .max { best = (name, distance) }
  }
  guard let best else { return "" }
  return "; did you mean “\(best.name)”?"
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one name into the other.
func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in left.indices {
    var current = [row + 1]
    for column in right.indices {
      let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
      var least = min(replaced, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        least = min(least, beforeLast[column - 1] + 1)
      }
      current.append(least)
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}
