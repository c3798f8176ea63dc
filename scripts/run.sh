#!/bin/sh
# Runs one of Tocsin's programs from a checkout that may never have been installed: prepares what it needs under the
# machine's own Node, then becomes the program (exec), so that a signal reaches it and no shell is left in between.
set -eu
cd "$(dirname "$0")/.."

what=${1:?usage: scripts/run.sh start|service|servers|cluster|rebuild|test|chaos|demo|play|backup|parked|export|import [arguments]}
shift
case $what in
  start | demo) needs=production ;;
  service)
    case ${1:-} in
      ingestion | alerts | escalation | oncall | notifications) ;;
      *) echo "usage: npm run service -- ingestion|alerts|escalation|oncall|notifications" >&2; exit 2 ;;
    esac
    needs=services
    ;;
  rebuild) needs=services ;;
  export | import) needs=log ;;
  servers) needs=servers ;;
  play) needs=play ;;
  cluster | chaos) needs=cluster ;;
  test) needs=everything ;;
  # Compiling would change the files that a running server has yet to load.
  backup | parked) needs= ;;
  *) echo "tocsin: nothing to run called '$what'" >&2; exit 2 ;;
esac

# npm puts node_modules/.bin first on PATH. Preparing replaces what is in there, so it must not run from there.
system=${npm_node_execpath:-node}

if [ -n "$needs" ]; then
  # A signal during the preparation has to stop it as well; a shell waiting in the foreground would leave it running.
  "$system" scripts/prepare.mjs "$needs" &
  preparation=$!
  trap 'kill -TERM "$preparation" 2>/dev/null || :; wait "$preparation" || :; exit 143' TERM INT HUP
  wait "$preparation"
  trap - TERM INT HUP
fi

node=node_modules/.bin/node
"$node" --version >/dev/null 2>&1 || node=$system

export TZ=UTC
case $what in
  start) exec "$node" --disable-warning=ExperimentalWarning apps/standalone/dist/main.js "$@" ;;
  service)
    service=$1
    shift
    exec "$node" --disable-warning=ExperimentalWarning "apps/$service/dist/main.js" "$@"
    ;;
  demo | backup | parked | servers | cluster | rebuild | export | import) exec "$node" --disable-warning=ExperimentalWarning "scripts/$what.mjs" "$@" ;;
  play) exec "$node" --no-warnings scripts/play/play.ts "$@" ;;
  chaos) exec "$node" --no-warnings test/chaos/chaos.ts "$@" ;;
  test) exec "$node" --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js "$@" ;;
esac
