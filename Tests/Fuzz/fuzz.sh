#!/usr/bin/env bash
# Fuzzes each target with libFuzzer and AddressSanitizer, or the targets that are named.
#
#   Tests/Fuzz/fuzz.sh [SECONDS [TARGET...]]      60 seconds each; all targets
#
# The fuzzer is built into .build-fuzz. The corpus lies in .build-fuzz/corpus and grows from run to run; it begins with
# the samples, Tests/Fuzz/Regressions, and the conformance data beside the package where that is present. What is found
# is saved in .build-fuzz/finds: fix it, and put the input into Tests/Fuzz/Regressions/TARGET, which `make test` replays.
# Exits 1 where something was found.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds="${1:-60}"
shift || true
scratch=.build-fuzz
# The library of the toolchain that swift itself would link, in the form that leaves `main` to us.
resources="$(swiftc -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["paths"]["runtimeResourcePath"])')"
library="$(find -L "$resources/clang/lib" "$resources/../clang" -name "libclang_rt.fuzzer_no_main-$(uname -m).a" 2>/dev/null | head -n 1)"
[[ -n "$library" ]] || {
  echo "this toolchain has no libFuzzer; the tests of FuzzTargets mutate inputs in process instead" >&2
  exit 69
}

SLUICE_FUZZ=1 swift build -c release --scratch-path "$scratch" --product sluice-fuzz --sanitize=address \
  -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp -Xlinker "$library" -Xlinker -lstdc++
program="$(SLUICE_FUZZ=1 swift build -c release --scratch-path "$scratch" --product sluice-fuzz --show-bin-path)/sluice-fuzz"
python3 Tests/Fuzz/seeds.py "$scratch/seeds"

mapfile -t known < <("$program")
(( ${#known[@]} )) || { echo "the fuzzer does not start" >&2; exit 1; }
targets=("$@")
(( ${#targets[@]} )) || targets=("${known[@]}")
for target in "${targets[@]}"; do
  [[ " ${known[*]} " == *" $target "* ]] || { echo "there is no target $target, but ${known[*]}" >&2; exit 64; }
done
found=0
# Only what this run finds counts; the folder keeps the finds of earlier ones.
stamp="$scratch/started"
touch "$stamp"
printf '%-12s %10s %12s %10s %6s\n' target seconds executions 'a second' finds | tee "$scratch/table.txt"
for target in "${targets[@]}"; do
  corpus="$scratch/corpus/$target"
  finds="$scratch/finds/$target"
  seeds=("$scratch/seeds/$target")
  [[ -d "Tests/Fuzz/Regressions/$target" ]] && seeds+=("Tests/Fuzz/Regressions/$target")
  mkdir -p "$corpus" "$finds" "${seeds[0]}"
  # swift's own backtracer would take a find for a crash to show, and wait for a terminal.
  SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 "$program" "$target" "$corpus" "${seeds[@]}" \
    -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$finds/" >"$scratch/$target.log" 2>&1 || true
  executions="$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/$target.log")"
  rate="$(sed -n 's/^stat::average_exec_per_sec: *//p' "$scratch/$target.log")"
  count="$(find "$finds" -type f -newer "$stamp" | wc -l)"
  [[ -n "$executions" ]] || count="$((count > 0 ? count : 1))"
  (( count == 0 )) || found=1
  printf '%-12s %10s %12s %10s %6s\n' "$target" "$seconds" "${executions:-?}" "${rate:-?}" "$count" | tee -a "$scratch/table.txt"
done
(( found == 0 )) || { echo "found: see $scratch/finds and $scratch/TARGET.log" >&2; exit 1; }
