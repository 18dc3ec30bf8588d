// Somebody's text in the middle of ours: it can't reach beyond itself.

import type { JSX } from 'preact';
import { plain } from './plain';

export const Name = ({ of }: { of: string }): JSX.Element => <bdi>{plain(of)}</bdi>;
