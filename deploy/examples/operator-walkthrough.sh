#!/usr/bin/env bash
# From an empty VTN to a plant that does what it is told, all with curl: site, assets, specs, inverters, gateway, limits,
# reservations; then what becomes of them: events, and state snapshots of a simulated battery and solar park.
# Run it in the project's folder after `npm run build`. Everything is in a folder of its own, and ends with the script.
set -euo pipefail
export VTN_SERVER_PORT=${VTN_SERVER_PORT:-8080} VTN_MQTT_PORT=${VTN_MQTT_PORT:-1883}
DIR=$(mktemp -d)
export VTN_CONFIG=deploy/examples/vtn.yaml VTN_STORE_PATH=$DIR/vtn.db
VTN=http://127.0.0.1:$VTN_SERVER_PORT
trap 'kill $(jobs -p) 2> /dev/null; wait; rm -rf "$DIR"' EXIT

field() { grep -o "\"$1\":\"[^\"]*\"" | head -1 | cut -d'"' -f4; } # the first field of that name in an answer
token() { curl -sS "$VTN/openadr3/3.1.1/auth/token" -d grant_type=client_credentials -d "client_id=$1" -d "client_secret=$2" | field access_token; }
op() { curl -sS --fail-with-body -X "$1" "$VTN/api/v1/$2" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' ${3:+-d "$3"}; }
at() { node -p "new Date((Math.floor(Date.now() / 9e5) + $1) * 9e5).toISOString()"; } # the start of a slot, so many after the one that runs
until_ok() { for _ in $(seq 300); do if "$@" > /dev/null 2>&1; then return; fi; sleep 0.2; done; echo "waited in vain: $*" >&2; return 1; }

echo '1. An empty VTN, and an operator, whose secret is shown once'
set -- $(node dist/vtn.js clients add --name 'control room' --role bl | cut -d' ' -f2)
node dist/vtn.js serve > "$DIR/vtn.log" &
until_ok curl -sf "$VTN/readyz"
TOKEN=$(token "$1" "$2")

echo '2. A site, and what stands on it'
SITE=$(op POST sites '{"name":"Wustermark","code":"WU","region":"DE","delivery_area":"50HZ","dispatch_mode":{"name":"SCHEDULED"}}' | field id)
PLACE='"code":"WU","region":"DE","delivery_area":"50HZ","provider":"ASSET_SIMULATOR"'
BESS=$(op POST assets "{\"name\":\"Battery\",\"type\":\"BESS\",$PLACE}" | field id)
PV=$(op POST assets "{\"name\":\"Solar park\",\"type\":\"PV\",$PLACE}" | field id)
echo "   $SITE: $BESS, $PV"

echo '3. What they can do, and the inverters that they are behind'
op PUT specs "{\"asset_id\":\"$BESS\",\"valid_from\":\"$(at 0)\",\"rated_power\":{\"amount\":20,\"unit\":\"MW\"},\"grid_connection_max_power\":{\"amount\":20,\"unit\":\"MW\"},\"max_capacity\":{\"amount\":40,\"unit\":\"MWh\"}}"
op PUT specs "{\"asset_id\":\"$PV\",\"valid_from\":\"$(at 0)\",\"rated_power\":{\"amount\":10,\"unit\":\"MW\"},\"grid_connection_max_power\":{\"amount\":10,\"unit\":\"MW\"}}"
for ASSET in "$BESS" "$PV"; do
  echo "   $(op POST "sites/$SITE/inverters" "{\"rated_power\":{\"amount\":20,\"unit\":\"MW\"},\"charge_efficiency\":0.98,\"discharge_efficiency\":0.98,\"asset_ids\":[\"$ASSET\"]}")"
done

echo '4. The gateway of the site: what its agent signs in with, shown once'
GATEWAY=$(op PUT "sites/$SITE/gateway")
AGENT_ID=$(field client_id <<< "$GATEWAY") AGENT_SECRET=$(field client_secret <<< "$GATEWAY")

echo '5. Limits and reservations of the slot that runs and the next'
PERIOD="\"start_time\":\"$(at 0)\",\"end_time\":\"$(at 2)\""
op PATCH period-limits "{\"limits\":[{\"asset_id\":\"$PV\",$PERIOD,\"source\":\"OPERATIONS\",\"power_discharge\":{\"amount\":2,\"unit\":\"MW\"}}]}"
op PUT "sites/$SITE/limits" "{\"limits\":[{$PERIOD,\"max_export_to_grid\":{\"amount\":25,\"unit\":\"MW\"}}]}"
op PUT reservations "{\"reservations\":[{\"asset_id\":\"$BESS\",$PERIOD,\"market\":\"DAA\",\"source\":\"EXTERNAL\",\"power\":{\"amount\":5,\"unit\":\"MW\"}}]}"

echo '6. They are events at once, as the agent sees them:'
curl -sS "$VTN/openadr3/3.1.1/events" -H "Authorization: Bearer $(token "$AGENT_ID" "$AGENT_SECRET")" | grep -o '"eventName":"[^"]*"' | cut -d'"' -f4 | sort

echo '7. The agent, with a simulated battery and solar park'
node dist/ven-agent.js simulate --bess-id "$BESS" --pv-id "$PV" --bess-port 0 --pv-port 0 > "$DIR/site.log" &
until_ok grep listening "$DIR/site.log"
device() { grep -o "\"id\":\"$1\"[^}]*" "$DIR/site.log" | field url; }
cat > "$DIR/agent.yaml" << AGENT
vtn: { url: $VTN/openadr3/3.1.1, clientId: $AGENT_ID, clientSecret: $AGENT_SECRET }
site: { id: $SITE }
dataDir: $DIR/agent
devices:
  - { resourceName: $BESS, kind: BESS, driver: sunspec, url: "$(device "$BESS")" }
  - { resourceName: $PV, kind: PV, driver: sunspec, url: "$(device "$PV")" }
reporting: { periodSeconds: 2 }
AGENT
node dist/ven-agent.js run --config "$DIR/agent.yaml" > "$DIR/agent.log" &

echo '8. State snapshots: the battery discharges 5 MW (0.0027 MWh in 2 s), the solar park makes 2 MW (0.0011 MWh)'
snapshots() { op GET "state-snapshots?asset_ids=$BESS,$PV&latest=true"; }
delivered() { snapshots | grep -q '"discharged_energy":{"amount":"0.0027.*"discharged_energy":{"amount":"0.0011'; }
until_ok delivered
snapshots; echo
op GET "asset-statuses?asset_ids=$BESS,$PV&latest=true"; echo
echo 'Done. The same with `npm start`, which stays up.'
