// Where else to go: other ways to teach than by this page over plain http, to which browsers give no microphone; and the sign-in page.

interface Ports { tls_port?: unknown; rtmp_port?: unknown }

async function ports(): Promise<Ports> {
  try {
    return await (await fetch('/api/v1')).json() as Ports;
  } catch (e) {
    return {};
  }
}

const isPort = (port: unknown): port is number => Number.isInteger(port) && (port as number) > 0;

/** Where this page is to be had with https. '' when the server has none of its own. */
export async function httpsAddress(): Promise<string> {
  const { tls_port: port } = await ports();
  return isPort(port) ? `https://${location.hostname}:${port}${location.pathname}${location.hash}` : '';
}

/** Where streaming apps go; '' when the server takes none. */
export async function rtmpAddress(): Promise<string> {
  const { rtmp_port: port } = await ports();
  return isPort(port) ? `rtmp://${location.hostname}:${port}/live` : '';
}

/** To the sign-in page, and back here afterwards. */
export function goSignIn(): void {
  location.href = '/sign-in#to=' + encodeURIComponent(location.pathname + location.hash);
}
