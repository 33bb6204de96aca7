# Category `generalized` of Documents/policies/US.yaml by jq and jaq, which have no digest: no people.
{
  kind,
  sent_at: (.sent_at[0:13] + "Z"),
  type,
  client_ip: (.client_ip / "." | .[0:3] | join(".") + ".0/24"),
  lat: (.lat * 10 | floor / 10),
  lon: (.lon * 10 | floor / 10)
}
