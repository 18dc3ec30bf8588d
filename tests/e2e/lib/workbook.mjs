// Workbooks as a spreadsheet saves them, as small as they can be: a zip file.

import { deflateRawSync } from 'node:zlib';

const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? n >>> 1 ^ 0xedb88320 : n >>> 1;
  return n;
});
const crc32 = (bytes) => ~bytes.reduce((crc, byte) => crc >>> 8 ^ TABLE[(crc ^ byte) & 255], -1) >>> 0;

/** `files` as {name: text}, each deflated. */
function zip(files) {
  const parts = [], directory = [];
  let at = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path), plain = Buffer.from(text), packed = deflateRawSync(plain), facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0); // needs version 2.0
    facts.writeUInt16LE(8, 4); // deflated
    facts.writeUInt32LE(crc32(plain), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(plain.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const where = Buffer.alloc(14);
    where.writeUInt32LE(at, 10);
    parts.push(Buffer.from('PK\x03\x04'), facts, name, packed);
    directory.push(Buffer.from('PK\x01\x02\x14\0'), facts, where, name);
    at += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(18), entries = Buffer.concat(directory), n = Object.keys(files).length;
  end.writeUInt16LE(n, 4);
  end.writeUInt16LE(n, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, entries, Buffer.from('PK\x05\x06'), end]);
}

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships', PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const relations = (...all) => `<Relationships xmlns="${PACKAGE}/relationships">${all.map(([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`).join('')}</Relationships>`;

/** Of a cell: texts are shared, numbers are numbers, {time: 'hh:mm'} is a part of a day as Excel keeps it. */
function cell(value, texts) {
  if (typeof value === 'number') return `<c><v>${value}</v></c>`;
  if (value.time) return `<c s="1"><v>${value.time.split(':').reduce((h, m) => Number(h) * 60 + Number(m)) / 1440}</v></c>`;
  if (!texts.has(value)) texts.set(value, texts.size);
  return `<c t="s"><v>${texts.get(value)}</v></c>`;
}

/** A workbook of one sheet with these rows of cells; or of several, as {name: rows}. */
export function workbook(rows) {
  const texts = new Map(), sheets = Object.entries(Array.isArray(rows) ? { Sheet1: rows } : rows), files = sheets.map((_, i) => `sheet${i + 1}`);
  const bodyOf = (all) => all.map((row) => `<row>${row.map((value) => cell(value, texts)).join('')}</row>`).join('');
  const bodies = sheets.map(([, all], i) => [`xl/${files[i]}.xml`, `<worksheet ${MAIN}><sheetData>${bodyOf(all)}</sheetData></worksheet>`]);
  return zip({
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`
      + [['workbook', 'sheet.main'], ...files.map((name) => [name, 'worksheet']), ['sharedStrings', 'sharedStrings'], ['styles', 'styles']].map(([name, type]) =>
        `<Override PartName="/xl/${name}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${type}+xml"/>`).join('') + '</Types>',
    '_rels/.rels': relations(['officeDocument', 'xl/workbook.xml']),
    'xl/workbook.xml': `<workbook ${MAIN} xmlns:r="${OFFICE}"><sheets>${sheets.map(([name], i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(...files.map((name) => ['worksheet', `${name}.xml`]), ['sharedStrings', 'sharedStrings.xml'], ['styles', 'styles.xml']),
    ...Object.fromEntries(bodies),
    'xl/sharedStrings.xml': `<sst ${MAIN}>${[...texts.keys()].map((text) => `<si><t>${escaped(text)}</t></si>`).join('')}</sst>`,
    'xl/styles.xml': `<styleSheet ${MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="20"/></cellXfs></styleSheet>`,
  });
}
