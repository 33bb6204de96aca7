/// The shapes of a page's drawings. Each has its look as attributes too, so that it can be seen with styles off.
extension HTMLText {
  enum Anchor { case start, middle, end }

  /// A shape that stands for records; the darker, the more of them: `shade` is 1 to 4.
  mutating func rectangle(x: Int64, y: Int64, width: Int64, height: Int64, shade: Int = 4) {
    markup("<rect class=\"mark\" x=\"")
    number(x)
    markup("\" y=\"")
    number(y)
    markup("\" width=\"")
    number(width)
    markup("\" height=\"")
    number(height)
    markup("\"")
    appendShade(shade)
    markup("/>\n")
  }

  mutating func dot(x: Int64, y: Int64, shade: Int) {
    markup("<circle class=\"mark\" cx=\"")
    number(x)
    markup("\" cy=\"")
    number(y)
    markup("\" r=\"6\"")
    appendShade(shade)
    markup("/>\n")
  }

  private mutating func appendShade(_ shade: Int) {
    switch shade {
    case 1: markup(" fill-opacity=\".3\"")
    case 2: markup(" fill-opacity=\".5\"")
    case 3: markup(" fill-opacity=\".75\"")
    default: break
    }
  }

  mutating func line(x1: Int64, y1: Int64, x2: Int64, y2: Int64) {
    markup("<line class=\"rule\" stroke=\"#999\" x1=\"")
    number(x1)
    markup("\" y1=\"")
    number(y1)
    markup("\" x2=\"")
    number(x2)
    markup("\" y2=\"")
    number(y2)
    markup("\"/>\n")
  }

  mutating func label(_ text: String, x: Int64, y: Int64, _ anchor: Anchor) {
    markup("<text x=\"")
    number(x)
    markup("\" y=\"")
    number(y)
    switch anchor {
    case .start: markup("\">")
    case .middle: markup("\" text-anchor=\"middle\">")
    case .end: markup("\" text-anchor=\"end\">")
    }
    self.text(text)
    markup("</text>\n")
  }
}
