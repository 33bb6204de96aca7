import SluiceCrypto

/// The parts of a packet's page that say how to verify it and what made it.
struct ReportProof {
  private let facts: ReportFacts

  init(_ facts: ReportFacts) { self.facts = facts }

  func append(to html: inout HTMLText) {
    appendVerification(&html)
    appendProvenance(&html)
  }

  private func appendVerification(_ html: inout HTMLText) {
    html.markup(
      """
      <section aria-labelledby="verify">
      <h2 id="verify">How to verify it</h2>
      <p>The packet is a BagIt bag (RFC 8493): a list of its files with their SHA-256. No tool of the provider is needed \
      to check it. In a terminal, in the folder that holds bagit.txt:</p>
      <pre><code>sha256sum --check --strict tagmanifest-sha256.txt
      sha256sum --check --strict manifest-sha256.txt
      sha256sum tagmanifest-sha256.txt</code></pre>
      <p>Every line of the first two must end in OK. The third prints the packet's digest: compare it with the one that \
      the provider gave you by another way. README.txt says more, and how a signature is checked where there is one.</p>
      <p>With Sluice, <code>sluice verify</code> checks all of this, that the counts agree with the records, and that \
      this page is what the packet's other files make of it.</p>
      </section>

      """)
  }

  private func appendProvenance(_ html: inout HTMLText) {
    html.markup("<section aria-labelledby=\"provenance\">\n<h2 id=\"provenance\">Provenance</h2>\n")
    let provenance = facts.provenance
    let clock = provenance["clock"]?.string == "given" ? "given by hand" : "the system's"
    let schemas = provenance["schemas"]?.elements ?? []
    html.facts(
      [
        ("Made by", provenance["tool"]?.string), ("Made at", provenance["now"]?.string), ("Clock", clock),
        ("Format of the records", provenance["format"]?.string),
        ("Policy version", provenance["policy-version"]?.string),
        ("SHA-256 of the policy", provenance["policy-sha256"]?.string),
        ("SHA-256 of the baseline", provenance["baseline-sha256"]?.string),
      ]
        + schemas.map { ("SHA-256 of schema \($0["name"]?.string ?? "")", $0["sha256"]?.string) }
        + [
          ("SHA-256 of the demand", provenance["demand-sha256"]?.string),
          ("Id of the key of the pseudonyms", provenance["key-id"]?.string),
          ("Commitment to that key", provenance["key-commitment"]?.string),
          ("Smallest count shown", String(facts.smallestCount)),
        ])
    if !facts.records.isEmpty {
      html.table(
        HTMLTable(
          "Files of records",
          [
            .init("File", .value), .init("Records", .number), .init("Bytes", .number),
            .init("SHA-256", .value),
          ],
          facts.records.map {
            [$0.entry.path, String($0.rowCount), String($0.entry.byteCount), Base16.encode($0.entry.digest)]
          }))
    }
    html.paragraph(
      "The custodian's certificate, to be completed and signed by a person, is data/certificate.txt.")
    html.markup("</section>\n")
  }
}
