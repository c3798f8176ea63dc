// Exit code 0 when everything that is asked is ready: this container, or the URLs that are given.
const WITHIN_MS = 4_000;
const urls = process.argv.slice(2);
if (urls.length === 0) urls.push(`http://127.0.0.1:${process.env.TOCSIN_PORT || process.env.PORT || 8080}/health/ready`);

const problemOf = async (url) => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(WITHIN_MS) });
    const text = await response.text();
    return response.ok ? undefined : `${response.status} ${text}`;
  } catch (error) {
    return error.cause?.message ?? error.message;
  }
};

const problems = await Promise.all(urls.map(problemOf));
urls.forEach((url, index) => console.log(`${url}: ${problems[index] ?? 'ready'}`));
process.exit(problems.every((problem) => problem === undefined) ? 0 : 1);
