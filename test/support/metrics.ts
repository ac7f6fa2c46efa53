/** Scrapes until a series has that value. */
export async function scrapeUntil(metricsUrl: string, series: string, value: number): Promise<void> {
  while ((await scrape(metricsUrl)).get(series) !== value);
}

/** Scrapes the metrics: value of every series by its name and labels as exposed. */
export async function scrape(metricsUrl: string): Promise<Map<string, number>> {
  const exposition = await (await fetch(`${metricsUrl}/metrics`)).text();
  return new Map(
    exposition
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
  );
}
