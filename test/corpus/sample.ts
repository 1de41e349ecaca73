import { summaryOf } from "./run/report.ts";
import type { Outcome } from "./run/try-document.ts";

/** The documents that are tried on every change: of one provider in six, and of those that publish hundreds. */
const SAMPLE: ReadonlySet<string> = new Set([
  "ably.io/platform.json",
  "adyen.com/AccountService.json",
  "aiception.com.json",
  "amazonaws.com/AWSMigrationHub.json",
  "api.video.json",
  "apideck.com/accounting.json",
  "apimatic.io.json",
  "apisetu.gov.in/aaharjh.json",
  "archive.org/search.json",
  "art19.com.json",
  "ato.gov.au.json",
  "avaza.com.json",
  "azure.com/EnterpriseKnowledgeGraph-EnterpriseKnowledgeGraphSwagger.json",
  "bbc.com.json",
  "bigdatacloud.net.json",
  "billingo.hu.json",
  "bkk.hu.json",
  "brandlovers.com.json",
  "breadcrumbs.one.json",
  "brex.io.json",
  "c19qrserver.local.json",
  "carbone.io.json",
  "chompthis.com.json",
  "clever.com.json",
  "cloudrf.com.json",
  "collegefootballdata.com.json",
  "contribly.com.json",
  "crediwatch.com/covid19.json",
  "d7networks.com.json",
  "deeparteffects.com.json",
  "digitalnz.org.json",
  "doqs.dev.json",
  "ebay.com/buy-browse.json",
  "elevenlabs.io.json",
  "elmah.io.json",
  "etmdb.com.json",
  "exhibitday.com.json",
  "facecheck.id.json",
  "fisheye.local.json",
  "freesound.org.json",
  "gamesparks.net/game-details.json",
  "gettyimages.com.json",
  "goog.io.json",
  "googleapis.com/abusiveexperiencereport.json",
  "greip.io.json",
  "here.com/positioning.json",
  "httpbin.org.json",
  "icons8.com.json",
  "import.io/data.json",
  "intellifi.nl.json",
  "ip2whois.com.json",
  "iva-api.com.json",
  "journy.io.json",
  "lambdatest.com.json",
  "link.fish.json",
  "lotadata.com.json",
  "mailscript.com.json",
  "medium.com.json",
  "metadapi.com.json",
  "modelpubsub.com.json",
]);

export function isSampled(name: string): boolean {
  return SAMPLE.has(name);
}

/** What the sample is known to reach, with the reasons in docs/compatibility.md. */
const REACHED = { served: 59, validDepartures: 1, missDepartures: 0 };

/** What has become worse than it was; empty if nothing has. */
export function regressionsIn(outcomes: readonly Outcome[]): readonly string[] {
  const { documents, served, broken, validDepartures, missDepartures } = summaryOf(outcomes);
  return [
    ...(documents < SAMPLE.size
      ? [`Only ${documents} of ${SAMPLE.size} documents were found: install the corpus again.`]
      : []),
    ...(broken > 0 ? [`${broken} documents pass the check and do not start.`] : []),
    ...(served < REACHED.served ? [`${served} documents are served; before, ${REACHED.served} were.`] : []),
    ...worse("valid requests are not passed on unchanged", validDepartures, REACHED.validDepartures),
    ...worse("near-misses are not refused at the right place", missDepartures, REACHED.missDepartures),
  ];
}

function worse(what: string, count: number, known: number): readonly string[] {
  return count > known ? [`${count} ${what}; before, ${known} were.`] : [];
}
