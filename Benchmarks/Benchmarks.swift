import Testing

/// Every benchmark: the stages alone, in the order of the record path, and the whole.
///
/// A row's result is checked before its figure counts. Nothing here asserts a time: ratios to something measured in the
/// same run are printed, and `make bench-compare` holds them against a saved run. In a debug build each is a smoke test.
@Suite(.serialized, .report) enum Benchmarks {}
