import { describe, expect, it } from "@jest/globals";
import { joinMetrics } from "../../src/usage/metrics-text.ts";

const requestsOf = (member: number, count: number) =>
  `# HELP requests_total Requests.\n# TYPE requests_total counter\nrequests_total{member="${member}"} ${count}\n`;
const UPTIME = "# HELP uptime_seconds Uptime.\n# TYPE uptime_seconds gauge\nuptime_seconds 3\n";

describe("the metrics of several processes", () => {
  it("have one heading per metric, followed by the samples of all processes", () => {
    expect(joinMetrics([`${requestsOf(1, 5)}\n${UPTIME}`, requestsOf(2, 7)])).toBe(
      '# HELP requests_total Requests.\n# TYPE requests_total counter\nrequests_total{member="1"} 5\n' +
        `requests_total{member="2"} 7\n\n${UPTIME}`,
    );
  });

  it("leave out empty texts, and samples without a heading", () => {
    expect(joinMetrics(["", UPTIME, "lost 1\n"])).toBe(UPTIME);
    expect(joinMetrics([])).toBe("");
  });
});
