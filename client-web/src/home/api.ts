// Asks the server, and gives whatever comes of it as an answer: nothing is thrown, and nothing is waited for without end.

import { api, problemOf } from '../kit/api';

/** `status` 0: the server was not reached; negative: its answer made no sense. `code` is that of a refusal. */
export interface Answer<T> { status: number; body?: T; code: string; waitS: number }

/** Weak links take their time; beyond this somebody wants to know. */
const PATIENCE_MS = 30000;

async function request<T>(method: 'GET' | 'POST', path: string, body: unknown): Promise<Answer<T>> {
  try {
    return { status: 200, body: method === 'GET' ? await api.get<T>(path) : await api.post<T>(path, body), code: '', waitS: 0 };
  } catch (e) {
    const { status, code, waitS } = problemOf(e);
    return { status, code, waitS };
  }
}

const late = <T>(): Promise<Answer<T>> => new Promise((resolve) => setTimeout(() => resolve({ status: 0, code: 'late', waitS: 0 }), PATIENCE_MS));

/** `path` without /api/v1. */
export const ask = <T>(method: 'GET' | 'POST', path: string, body: unknown = {}): Promise<Answer<T>> =>
  Promise.race([request<T>(method, path, body), late<T>()]);
