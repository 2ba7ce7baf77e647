#!/usr/bin/env bash
# streams_peer.sh PEER WORK ADDRESS BROKER_PID LEADS: the job on Kafka Streams (exactly_once_v2, tuned) on the broker that
# runs there: its PEER line, or why there is none (exit 69). As PEER/run.sh does it, but for the broker. Jars are kept in
# ~/.cache/pointsman, or $PM_KAFKA_CACHE; nothing is written beside the sources.
set -euo pipefail
peer=$1 work=$2 address=$3 broker=$4 leads=$5
cache=${PM_KAFKA_CACHE:-$HOME/.cache/pointsman}/streams-3.9.1

absent() { echo "absent: $*"; exit 69; }

[[ -f $peer/Peer.java ]] || absent "$peer is not there"
for tool in java javac kcat python3; do command -v "$tool" >/dev/null || absent "$tool is not installed"; done
mkdir -p "$work/classes"
if [[ ! -d $cache ]]; then
  command -v mvn >/dev/null || absent "mvn is not installed"
  cp "$peer/pom.xml" "$work/"
  mkdir -p "$(dirname "$cache")"
  (cd "$work" && timeout 300 mvn -q -B dependency:copy-dependencies -DoutputDirectory="$cache.$$") >"$work/mvn.log" 2>&1 ||
    absent "Maven does not bring Kafka Streams"
  mv "$cache.$$" "$cache"
fi
javac -cp "$cache/*" -d "$work/classes" "$peer/Peer.java" 2>"$work/javac.log" || absent "Peer.java does not compile"

run=(-Dlog4j.configuration="file:$peer/log4j.properties" -Dbs="$address" -cp "$work/classes:$cache/*")
java -Dcreate=true "${run[@]}" Peer
python3 - "$leads" <<'END' | kcat -P -b "$address" -t in -K '|' -X linger.ms=20
import sys
for n in range(int(sys.argv[1])):
    print('company%d.example|{"id":"evt-%d","type":"lead.submitted","time":"2026-03-02T09:00:00Z","data":{"email":"user%d@company%d.example","first_name":"Ana","last_name":"Test%d","title":"VP Engineering","company":"Company %d","country":"DE","employees":%d,"source":"web_form","page":"/pricing"}}' % (n % 20000, n, n % 50000, n % 20000, n, n % 20000, n % 5000))
END
java -Xms1g -Xmx1g -XX:+UseG1GC -Dbpid="$broker" -Dn="$leads" -Dcache=true -Dtuned=true -Ddir="$work/state" "${run[@]}" Peer
