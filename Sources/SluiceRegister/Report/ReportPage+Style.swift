extension ReportPage {
  /// The page's styles: the reader's own fonts, light and dark, narrow and wide, on paper.
  static let style: Markup = """
    :root { color-scheme: light dark; --ink: #16202b; --soft: #586573; --paper: #fff; --line: #d8dee5; --wash: #f4f6f9;
      --received: #c3cfdd; --produced: #0b5d8a; --pause: #b4540a; --pause-wash: #fdf3ea; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e8edf2; --soft: #a1adba; --paper: #11171e; --line: #313c48; --wash: #1a222b;
        --received: #44566a; --produced: #6cc0ee; --pause: #f0a561; --pause-wash: #2a2119; }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0 auto; max-width: 74rem; padding: 3.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
      font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; }
    .eyebrow { margin: 0; color: var(--soft); font-size: .875rem; letter-spacing: .06em; text-transform: uppercase; }
    h1 { margin: .35rem 0 2.25rem; font-size: clamp(1.75rem, 1.2rem + 2.4vw, 2.75rem); line-height: 1.15; font-weight: 650;
      letter-spacing: -.015em; text-wrap: balance; }
    h2 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; }
    .code { color: var(--soft); font-size: .875rem; font-weight: 400; letter-spacing: .04em; }
    .headline { border-top: 3px solid var(--ink); padding-top: 1.25rem; display: flex; flex-wrap: wrap; gap: 1.5rem 4rem;
      align-items: flex-end; justify-content: space-between; }
    .lead { margin: 0; line-height: 1.1; }
    .lead strong { display: block; font-size: clamp(4rem, 2.5rem + 7vw, 7rem); font-weight: 700; letter-spacing: -.035em;
      line-height: .95; font-variant-numeric: tabular-nums; }
    .lead span { display: block; margin-top: .6rem; font-size: 1.125rem; color: var(--soft); }
    .lead.words strong { font-size: 2.5rem; }
    .facts { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 0 0 .1rem; }
    .facts div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
    .facts dt { color: var(--soft); font-size: .9375rem; }
    .facts dd { margin: 0; font-size: 1.75rem; font-weight: 600; line-height: 1.2; font-variant-numeric: tabular-nums; }
    .notices { margin: 2.25rem 0 0; padding: 1rem 1.25rem; border-left: 4px solid var(--pause); background: var(--pause-wash); }
    .notices p { margin: 0; max-width: 46rem; }
    .notices p + p { margin-top: .6rem; }
    section { margin-top: 3.5rem; }
    .status { margin: 0 0 1rem; color: var(--soft); }
    .pair { display: flex; flex-wrap: wrap; gap: 0 3.5rem; align-items: flex-start; margin-top: 1rem; }
    .pair .chart { flex: 0 1 25rem; }
    .pair .scroll { flex: 1 1 24rem; min-width: 0; }
    figure { margin: 0 0 1.75rem; min-width: 0; }
    svg { display: block; width: 100%; height: auto; }
    figcaption { margin-top: .25rem; color: var(--soft); font-size: .875rem; }
    figcaption span { white-space: nowrap; }
    .key { display: inline-block; width: .8em; height: .8em; margin: 0 .4em 0 0; border-radius: 2px; vertical-align: -.06em; }
    .entry { margin-right: .9em; }
    .key.received, rect.received { background: var(--received); fill: var(--received); }
    .key.produced, rect.produced { background: var(--produced); fill: var(--produced); }
    .key.paused { border: 1px dashed var(--pause); }
    rect.hidden { fill: none; stroke: var(--soft); stroke-dasharray: 3 3; }
    .hatch { stroke: var(--pause); stroke-width: 1; opacity: .45; }
    .axis { stroke: var(--ink); }
    .pause-line { stroke: var(--pause); stroke-dasharray: 4 3; }
    svg text { fill: var(--ink); font-size: 13px; font-variant-numeric: tabular-nums; }
    svg text.number { font-size: 17px; font-weight: 650; paint-order: stroke; stroke: var(--paper); stroke-width: 4px;
      stroke-linejoin: round; }
    svg text.answered { fill: var(--produced); font-weight: 600; }
    svg text.pause { fill: var(--pause); }
    .scroll { overflow-x: auto; margin: 0 0 1.5rem; }
    .scroll:focus-visible { outline: 2px solid var(--produced); outline-offset: 3px; }
    table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
    caption { padding: 0 0 .4rem; text-align: left; font-weight: 600; font-size: .9375rem; }
    caption span { display: inline-block; white-space: normal; }
    th, td { padding: .4rem .5rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: baseline;
      white-space: nowrap; }
    th:first-child, td:first-child { padding-left: 0; }
    thead th { color: var(--soft); font-weight: 500; font-size: .8125rem; border-bottom-color: var(--ink); }
    tbody th, tfoot th { text-align: left; font-weight: 500; }
    .word { text-align: left; }
    tr.of-it th, tr.of-it td { color: var(--soft); }
    tr.of-it td.word:not(.none) { padding-left: 1.4rem; }
    tr td.none.word { padding-left: 1rem; }
    tfoot td, tfoot th { border-bottom: 0; font-weight: 650; }
    td.none { color: var(--soft); font-style: italic; white-space: normal; }
    .definitions dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 1.1rem 2.5rem;
      margin: 1rem 0 0; }
    .definitions dt { font-weight: 600; }
    .definitions dd { margin: .1rem 0 0; color: var(--soft); font-size: .9375rem; }
    footer { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .875rem; }
    @media (max-width: 40rem) {
      body { padding-top: 2rem; }
      .facts { display: grid; grid-template-columns: 1fr 1fr; width: 100%; }
      .pair .scroll { flex-basis: 100%; }
      caption span { position: sticky; left: 0; max-width: calc(100vw - 2.5rem); }
      th, td { padding-left: .35rem; padding-right: .35rem; }
    }
    @media print {
      :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --line: #bbb; --received: #c3cfdd;
        --produced: #0b5d8a; --pause: #b4540a; --pause-wash: #fff; }
      @page { margin: 16mm 14mm; }
      body { max-width: none; padding: 0; font-size: 10pt; }
      .lead strong { font-size: 54pt; }
      .scroll { overflow: visible; }
      table { font-size: 8pt; }
      th, td { padding: .25rem .35rem; }
      section { margin-top: 1.75rem; }
      h2, caption, thead, .status { break-after: avoid; }
      tbody tr:first-child { break-before: avoid; }
      footer { margin-top: 1.5rem; }
      figure, tr, .definitions dl div, .notices { break-inside: avoid; }
      rect, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }
    """
}
