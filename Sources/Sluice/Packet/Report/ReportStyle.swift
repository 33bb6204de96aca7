/// The style of a packet's page: quiet on a screen, light or dark, and on paper.
enum ReportStyle {
  static let text: StaticString = """
    :root { color-scheme: light dark; --ink: #1b1d21; --soft: #5b616b; --line: #d5d8de; --wash: #f4f5f7;
      --mark: #2f5d8a; --paper: #fff; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e4e6ea; --soft: #a2a8b3; --line: #3b404a; --wash: #22252b;
      --mark: #86b3de; --paper: #17191d; } }
    * { box-sizing: border-box; }
    html { background: var(--paper); color: var(--ink); font: 100%/1.5 system-ui, "Helvetica Neue", Arial, sans-serif;
      -webkit-text-size-adjust: 100%; }
    body { max-width: 64rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
    header + main > section:first-child h2 { border-top: 0; margin-top: 1.5rem; padding-top: 0; }
    header { border-bottom: 2px solid var(--ink); padding-bottom: 1rem; }
    header p { margin: .25rem 0 0; color: var(--soft); }
    h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; font-weight: 650; }
    h2 { font-size: 1.3rem; line-height: 1.3; margin: 3rem 0 .75rem; padding-top: .75rem; font-weight: 650;
      border-top: 1px solid var(--line); }
    h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; font-weight: 650; }
    h4 { font-size: .95rem; margin: 1.5rem 0 .25rem; font-weight: 650; }
    p, ul, ol { max-width: 44rem; margin: .5rem 0; }
    ul, ol { padding-left: 1.25rem; }
    li { margin: .2rem 0; }
    a { color: var(--mark); }
    code, pre, .v, dd { font-variant-numeric: tabular-nums; }
    code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .85em; }
    pre { margin: .4rem 0 .8rem; padding: .5rem .75rem; background: var(--wash); overflow-x: auto; }
    dl { margin: .75rem 0; }
    dl div { display: grid; grid-template-columns: 14rem 1fr; gap: 1rem; padding: .3rem 0;
      border-bottom: 1px solid var(--line); }
    dt { color: var(--soft); }
    dd { margin: 0; overflow-wrap: anywhere; }
    .frame { overflow-x: auto; margin: .75rem 0 1.5rem; }
    .frame:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
    table { border-collapse: collapse; font-size: .875rem; line-height: 1.4; }
    caption { text-align: left; color: var(--soft); padding: .25rem 0 .4rem; font-size: .875rem; }
    th, td { text-align: left; vertical-align: top; padding: .3rem 1.25rem .3rem 0; font-weight: 400;
      border-bottom: 1px solid var(--line); }
    thead th { font-weight: 600; border-bottom: 1px solid var(--ink); white-space: nowrap; vertical-align: bottom; }
    tbody th { font-weight: 600; }
    tbody + tbody tr:first-child > * { border-top: 1px solid var(--ink); }
    .v { white-space: nowrap; }
    .w { min-width: 15rem; }
    .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
    .sum > * { font-weight: 600; background: var(--wash); }
    figure { margin: 1rem 0; max-width: 40rem; }
    figcaption { color: var(--soft); font-size: .875rem; margin-top: .25rem; }
    svg { display: block; width: 100%; height: auto; color: var(--ink); }
    svg .mark { fill: var(--mark); }
    svg .rule { stroke: var(--line); }
    .many { display: flex; flex-wrap: wrap; gap: 0 3rem; align-items: flex-start; }
    @media (max-width: 40rem) {
      body { padding: 1.25rem 1rem 3rem; }
      dl div { grid-template-columns: 1fr; gap: 0; }
    }
    @page { size: A4; margin: 18mm 16mm; }
    @media print {
      :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --wash: #eee; --mark: #2f5d8a;
        --paper: #fff; }
      html { font-size: 10pt; }
      body { max-width: none; padding: 0; }
      h2, h3, h4, caption { break-after: avoid; }
      thead, caption { break-after: avoid; break-inside: avoid; }
      tbody:first-of-type > tr:first-child { break-before: avoid; }
      tr, figure, svg, li, pre, dl div, table.short { break-inside: avoid; }
      .many { gap: 0 2rem; }
      .w { min-width: 0; }
      h3 + dl { break-inside: avoid; }
      p { orphans: 3; widows: 3; }
      thead { display: table-header-group; }
      table { font-size: 8pt; }
      th, td { padding-right: .75rem; }
      .frame, pre { overflow: visible; }
      code, pre { font-size: 8pt; }
      dl div { grid-template-columns: 10rem 1fr; }
      dd { font-size: 9pt; }
      a { color: inherit; text-decoration: none; }
    }

    """
}
