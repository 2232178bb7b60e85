#!/usr/bin/env bash
# Is head slower than base? Both are measured in turn on this machine by `jobbench ab`, and the verdict decides the exit
# code. It is the one step of action.yml, and runs as well in any other CI or by hand:
#   INPUT_BASE_REF=main INPUT_ADAPTER=bench/queue.js INPUT_BUILD='npm ci' bash scripts/ci-compare.sh
# Inputs are variables, named as action.yml has them: INPUT_BASE_REF is base-ref. They are never part of a command's text.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
result='' comparison='' verdict='none' scratch='' checkout=''

main() {
  read_inputs
  checkout="$PWD"
  scratch="$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/jobbench.XXXXXX")"
  trap clean_up EXIT
  find_program
  local from="$checkout"
  arguments=(ab --format=github --no-progress "--out=$scratch/result.json" "--export=json=$scratch/comparison.json")
  if [[ -n $base_ref ]]; then
    # Outside the checkout, so that neither side finds packages that are installed there.
    from="$scratch"
    place base "$base_ref"
    place head "$head_ref"
    arguments+=("--a=./base/$inside$adapter" "--b=./head/$inside$adapter")
    add config "$(find_config)"
  else
    arguments+=("--a=$base" "--b=$head")
  fi
  add_options
  local code=0
  measure "$from" || code=$?
  conclude "$code"
}

# What is configured is the same for both sides, and found as the program would in the checkout: here or in a folder above.
find_config() {
  local folder="$checkout"
  while true; do
    if [[ -f $folder/jobbench.config.json ]]; then
      echo "$folder/jobbench.config.json" && return
    elif [[ -f $folder/package.json ]] && configures "$folder/package.json"; then
      echo "$folder/package.json" && return
    fi
    if [[ -z $folder || $folder == / ]]; then return; fi
    folder="$(dirname "$folder")"
  done
}

configures() {
  node -e 'process.exit(JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).jobbench === undefined ? 1 : 0)' "$1" 2>/dev/null
}

# What the program says stands in the log as ever, and is kept, for its refusals are repeated where people look first.
# A cancelled job must not break the pipe while the program still ends its processes.
measure() {
  { (cd "$1" && node "$program" "${arguments[@]}") 2>&1 >&3 3>&- | (trap '' INT TERM && exec tee "$scratch/said" >&2); } 3>&1
}

read_inputs() {
  base="${INPUT_BASE:-}" head="${INPUT_HEAD:-}"
  base_ref="${INPUT_BASE_REF:-}" head_ref="${INPUT_HEAD_REF:-}" adapter="${INPUT_ADAPTER:-}"
  fail_on_inconclusive="${INPUT_FAIL_ON_INCONCLUSIVE:-false}"
  cd "${INPUT_WORKING_DIRECTORY:-.}" || refuse "working-directory: there is no folder ${INPUT_WORKING_DIRECTORY:-}"
  if [[ $fail_on_inconclusive != true && $fail_on_inconclusive != false ]]; then refuse "fail-on-inconclusive takes true or false"; fi
  if [[ -n $base_ref ]]; then
    if [[ -n $base$head ]]; then refuse "base and head, or base-ref and head-ref: give one pair of them"; fi
    if [[ -z $adapter ]]; then refuse "base-ref needs adapter: the path of the adapter's file in both commits"; fi
    head_ref="${head_ref:-HEAD}"
    inside="$(git rev-parse --show-prefix 2>/dev/null)" || refuse "base-ref needs a git checkout in working-directory"
    adapter="${adapter#./}"
  else
    if [[ -n $head_ref$adapter ]]; then refuse "head-ref and adapter need base-ref: the commit to compare with"; fi
    if [[ -z $base || -z $head ]]; then refuse "give base and head (adapters), or base-ref and adapter"; fi
  fi
}

# A program that is named, a version from npm, or this very revision, built where that was not done yet.
find_program() {
  if [[ -n ${INPUT_JOBBENCH:-} ]]; then
    program="$(cd "$(dirname "$INPUT_JOBBENCH")" && pwd)/$(basename "$INPUT_JOBBENCH")" || refuse "jobbench: there is no $INPUT_JOBBENCH"
    if [[ -d $program ]]; then program="$program/bin/jobbench.js"; fi
    if [[ ! -f $program ]]; then refuse "jobbench: there is no $INPUT_JOBBENCH"; fi
  elif [[ -n ${INPUT_VERSION:-} ]]; then
    begin_group "install jobbench"
    npm install --prefix "$scratch/program" --no-audit --no-fund -- "jobbench@$INPUT_VERSION" || not_installed "jobbench@$INPUT_VERSION"
    program="$scratch/program/node_modules/jobbench/bin/jobbench.js"
    end_group
  else
    program="$root/bin/jobbench.js"
    if [[ ! -f $root/dist/cli/main.js ]]; then
      begin_group "build jobbench"
      (cd "$root" && npm ci --no-audit --no-fund && npm run build) || not_installed "this revision of jobbench"
      end_group
    fi
  fi
}

# Checks a commit out beside the checkout, and makes it ready to run. $1: base or head, $2: what names the commit
place() {
  local side="$1" ref="$2" commit
  find_commit "$ref"
  git worktree add --quiet --detach "$scratch/$side" "$commit"
  if [[ ! -f $scratch/$side/$inside${adapter%%\?*} ]]; then
    refuse "$side ($ref) has no $inside${adapter%%\?*}: a change can be compared from the one after it was added"
  fi
  if [[ -n ${INPUT_BUILD:-} ]]; then
    begin_group "build $side ($ref, $commit)"
    local code=0
    (cd "$scratch/$side/$inside" && bash --noprofile --norc -euo pipefail -c "$INPUT_BUILD") || code=$?
    end_group
    if [[ $code -ne 0 ]]; then refuse "build of $side ($ref) ended with exit code $code"; fi
  fi
}

# CI checks out one commit and no branches, so what is not there yet is fetched.
find_commit() {
  local ref="$1" name
  if [[ $ref == -* ]]; then refuse "\"$ref\" names no commit"; fi
  for name in "$ref" "refs/remotes/origin/$ref"; do
    commit="$(git rev-parse --verify --quiet --end-of-options "$name^{commit}")" && return
  done
  local depth=()
  # A whole history must not become a part of one.
  if [[ $(git rev-parse --is-shallow-repository) == true ]]; then depth=(--depth=1); fi
  local said
  if said="$(git fetch --quiet --no-tags ${depth[@]+"${depth[@]}"} --end-of-options origin "$ref" 2>&1)"; then
    commit="$(git rev-parse FETCH_HEAD)"
  else
    # The first line says why; an address may hold a password.
    said="$(sed -n -e 's/^fatal: //' -e 's,://[^/@]*@,://,g' -e 1p <<<"$said")"
    refuse "there is no commit $ref here or in origin (git: $said); for HEAD^1 check out with fetch-depth: 2"
  fi
}

# A value is glued to its option, so that one which begins with a dash is no option itself.
add_options() {
  local line trimmed
  add scenario "${INPUT_SCENARIO:-}"
  add blocks "${INPUT_BLOCKS:-}"
  add threshold "${INPUT_THRESHOLD:-}"
  add metric "${INPUT_METRIC:-}"
  while IFS= read -r line; do
    trim "$line"
    # Paths count from working-directory, wherever the measuring happens.
    if [[ $trimmed == *=* && ${trimmed#*=} != /* ]]; then trimmed="${trimmed%%=*}=$checkout/${trimmed#*=}"; fi
    add export "$trimmed"
  done <<<"${INPUT_EXPORT:-}"
  while IFS= read -r line; do
    trim "$line"
    # `--flag value`; the space of `--flag=a value` belongs to the value.
    if [[ $trimmed =~ ^(-[A-Za-z-]+)[[:space:]]+(.*)$ ]]; then
      arguments+=("${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}")
    elif [[ -n $trimmed ]]; then
      arguments+=("$trimmed")
    fi
  done <<<"${INPUT_OPTIONS:-}"
}

# Into `trimmed`: without space around it, and without what Windows ends a line with.
trim() {
  trimmed="${1#"${1%%[![:space:]]*}"}"
  trimmed="${trimmed%"${trimmed##*[![:space:]]}"}"
}

add() {
  if [[ -n $2 ]]; then arguments+=("--$1=$2"); fi
}

# What the comparison says counts only where nothing else went wrong: a promise that was broken is no pass.
conclude() {
  local code="$1"
  if [[ -f $scratch/result.json ]]; then result="$scratch/result.json"; fi
  if [[ -f $scratch/comparison.json ]]; then comparison="$scratch/comparison.json"; fi
  if [[ -n $comparison && $code =~ ^(0|2|5|99)$ ]]; then
    verdict="$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).verdict' "$comparison")"
  fi
  if [[ ! $code =~ ^(0|5|99|130|143)$ ]]; then repeat_refusal "$code"; fi
  # A gate that compared nothing must not pass.
  if [[ $code -eq 0 && -z $comparison ]]; then refuse "nothing was compared: leave --dry-run and the like out of options"; fi
  write_outputs "$code"
  if [[ -n $result ]]; then echo "jobbench: the result file is $result" >&2; fi
  # The rows that are open carry warnings already.
  if [[ $code -eq 5 && $fail_on_inconclusive == false ]]; then
    echo "jobbench: inconclusive, which is no failure here (fail-on-inconclusive: false)"
    exit 0
  fi
  exit "$code"
}

write_outputs() {
  printf '%s\n' "verdict=$verdict" "exit-code=$1" "result=$result" "comparison=$comparison" >>"${GITHUB_OUTPUT:-/dev/null}"
}

# The last sentence of the program. Rows that a comparison names carry annotations of their own.
repeat_refusal() {
  local sentence
  sentence="$(awk '/^jobbench: / { text = ""; said = 1; sub(/^jobbench: /, "") } { text = text $0 "\n" } END { if (said) printf "%s", text }' "$scratch/said")"
  if [[ -z $sentence && -n $comparison ]]; then return; fi
  annotate "${sentence:-ended with exit code $1 and without a word: see the log}"
  summarize "${sentence:-ended with exit code $1 and without a word: see the log}"
}

# A program that could not be had is the environment's fault: no bug of jobbench, and nothing about the change.
not_installed() {
  end_group
  refuse "$1 could not be installed: the log above has what npm said" 3
}

# Wrong inputs end as wrong usage of jobbench does. $2: another exit code
refuse() {
  local code="${2:-2}"
  if [[ ${GITHUB_ACTIONS:-} == true ]]; then annotate "$1"; else echo "jobbench: $1" >&2; fi
  summarize "$1"
  write_outputs "$code"
  exit "$code"
}

annotate() {
  local message="$1"
  if [[ ${GITHUB_ACTIONS:-} != true ]]; then return; fi
  message="${message//'%'/%25}" message="${message//$'\r'/%0D}" message="${message//$'\n'/%0A}"
  echo "::error title=jobbench::$message"
}

# Indented it is code to Markdown: nothing in it becomes markup.
summarize() {
  printf '### jobbench: nothing was concluded\n\n%s\n\n' "$(sed 's/^/    /' <<<"$1")" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
}

begin_group() {
  if [[ ${GITHUB_ACTIONS:-} == true ]]; then echo "::group::jobbench: $1"; else echo "jobbench: $1" >&2; fi
}

end_group() {
  if [[ ${GITHUB_ACTIONS:-} == true ]]; then echo '::endgroup::'; fi
}

# Only what the outputs name stays; the checkouts would be in the way of the next `git worktree`.
clean_up() {
  local side
  for side in base head; do
    if [[ -d $scratch/$side ]]; then git -C "$checkout" worktree remove --force "$scratch/$side" || true; fi
  done
  rm -rf "${scratch:?}/program" "$scratch/said"
  # A file of which no output could speak is no reason to keep the folder.
  if [[ -z $result$comparison ]]; then rm -rf "$scratch"; fi
}

main
