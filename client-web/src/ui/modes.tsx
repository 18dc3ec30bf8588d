// Auto, save data, voice only: what each gives and takes.

import type { Mode } from '../protocol';
import type { Words } from './main';

interface Props { words: Words; mode: Mode; onchoose(mode: Mode): void }

export function Modes({ words, mode, onchoose }: Props) {
  const choices: [Mode, string, string, string][] = [
    ['auto', words.auto, words.autoCost, words.autoRate],
    ['save', words.save, words.saveCost, words.saveRate],
    ['voice', words.voice, words.voiceCost, words.voiceRate],
  ];
  return (
    <fieldset aria-describedby="modeHint">
      <legend>{words.modeTitle}<small id="modeHint">{words.modeHint}</small></legend>
      {choices.map(([value, name, cost, kbps]) => (
        <label class="mode" key={value}>
          <input type="radio" name="panelMode" value={value} checked={mode === value} onChange={() => onchoose(value)} />
          <span><b>{name} <em>{kbps}</em></b><small>{cost}</small></span>
        </label>
      ))}
    </fieldset>
  );
}
