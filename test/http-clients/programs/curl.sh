#!/bin/sh
# curl with --data-urlencode. The plan comes as lines: a kind, a tab, a value.
set -eu
tab=$(printf '\t')
while IFS="$tab" read -r kind value; do
  case $kind in
    url) url=$value ;;
    key) key=$value ;;
    query) set -- --get --data-urlencode "value=$value" "$url/query" ;;
    path)
      # curl encodes no paths: this is how it encodes a query, for a server that is not there.
      shown=$(curl --silent --noproxy '*' --get --write-out '%{url_effective}' --data-urlencode "v=$value" http://127.0.0.1:1/) || true
      set -- "$url/path/$(printf %s "${shown#*v=}" | sed 's/+/%20/g')"
      ;;
    header) set -- --header "X-Value: $value" "$url/header" ;;
    form) set -- --data-urlencode "value=$value" "$url/form" ;;
    json)
      text=$(printf %s "$value" | sed 's/"/\\"/g')
      set -- --json "{\"value\":\"$text\"}" "$url/json"
      ;;
  esac
  case $kind in url | key) continue ;; esac
  curl --silent --show-error --fail-with-body --noproxy '*' --header "X-Api-Key: $key" --output /dev/null "$@" ||
    echo "$kind $value: refused" >&2
done < "$1"
