// Where this page is to be had with https, which browsers demand for microphones. '' when the server has none of its own.

export async function httpsAddress(): Promise<string> {
  try {
    const { tls_port: port } = await (await fetch('/api/v1')).json() as { tls_port?: unknown };
    return Number.isInteger(port) && port ? `https://${location.hostname}:${port as number}${location.pathname}${location.hash}` : '';
  } catch (e) {
    return '';
  }
}
