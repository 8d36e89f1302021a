import sharp from 'sharp';

/** The subjects of a drawing; none is of a real person. */
export type Motif = 'sole' | 'heels' | 'x-ray' | 'shoe' | 'cast' | 'fundus' | 'skin' | 'card';

const WIDTH = 1600;
const HEIGHT = 1200;

/** A drawing that resembles a clinic's photograph, a different one for each seed, as JPEG. */
export async function draw(motif: Motif, seed: number): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 800 600">
    <defs>
      <filter id="soft"><feGaussianBlur stdDeviation="7"/></filter>
      <filter id="softer"><feGaussianBlur stdDeviation="26"/></filter>
      <radialGradient id="light" cx="40%" cy="30%" r="90%">
        <stop offset="0" stop-color="#fff" stop-opacity="0.34"/><stop offset="1" stop-color="#000" stop-opacity="0.3"/>
      </radialGradient>
    </defs>
    ${DRAWINGS[motif](randomOf(seed))}
  </svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 86 }).toBuffer();
}

/** Numbers between two others: the same ones for the same seed. */
type Random = (least: number, most: number) => number;

function randomOf(seed: number): Random {
  let state = seed * 2_654_435_761 + 1;
  return (least, most) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return least + ((state >> 8) / 0x7fffff) * (most - least);
  };
}

const SKIN = ['#e8b796', '#c98f6b', '#8d5b3f', '#f0c9ae', '#b3774f'];
const skinOf = (random: Random): string => SKIN[Math.floor(random(0, SKIN.length - 0.01))] ?? '#e8b796';
const ground = (color: string): string =>
  `<rect width="800" height="600" fill="${color}"/><rect width="800" height="600" fill="url(#light)"/>`;
const ruler = (y: number): string =>
  `<rect x="60" y="${y}" width="680" height="34" fill="#f6f3e6"/>${Array.from({ length: 35 }, (_value, at) => `<path d="M${70 + at * 19.4} ${y}v${at % 5 === 0 ? 20 : 11}" stroke="#333" stroke-width="2"/>`).join('')}`;
const twice = (shape: string, x: number): string =>
  `<g transform="translate(${400 - x} 0)">${shape}</g><g transform="translate(${400 + x} 0) scale(-1 1)">${shape}</g>`;

const DRAWINGS: Record<Motif, (random: Random) => string> = {
  sole: (random) => {
    const skin = skinOf(random);
    const toes = Array.from({ length: 5 }, (_value, toe) => {
      const size = 30 - toe * 3.6;
      return `<ellipse cx="${62 - toe * 36}" cy="${104 + toe * toe * 5.4}" rx="${size * 0.82}" ry="${size}" fill="${skin}"/>`;
    }).join('');
    const arch = random(-6, 22);
    const sole = `${toes}<path d="M-92 190c0-60 160-76 184-10 12 40-${20 + arch} 110-${22 + arch} 190 0 70 4 170-62 172-70 0-68-100-62-170 6-80-38-120-38-182z" fill="${skin}"/>
      <ellipse cx="-4" cy="478" rx="44" ry="50" fill="#d9705f" opacity="0.35" filter="url(#soft)"/>
      <ellipse cx="-10" cy="206" rx="76" ry="38" fill="#d9705f" opacity="0.4" filter="url(#soft)"/>`;
    return `${ground('#40535e')}${twice(sole, 150)}`;
  },
  heels: (random) => {
    const skin = skinOf(random);
    const tilt = random(-5, 5);
    const leg = `<g transform="rotate(${tilt} 0 520)"><path d="M-78 0h150c10 160-22 250-26 330-4 70 26 90 26 150 0 50-40 70-76 70s-80-16-80-70c0-62 40-84 36-150-4-80-44-170-30-330z" fill="${skin}"/>
      <path d="M-8 150c6 120 2 200-4 300" stroke="#7a4a30" stroke-width="5" opacity="0.35" fill="none" filter="url(#soft)"/>
      <path d="M-4 60v430" stroke="#1d5fbf" stroke-width="3" stroke-dasharray="12 9"/></g>`;
    return `${ground('#5c6f66')}<rect y="548" width="800" height="60" fill="#37423c"/>${twice(leg, 150)}`;
  },
  'x-ray': (random) => {
    const bones = Array.from({ length: 5 }, (_value, ray) => {
      const x = 290 + ray * 52;
      const lean = (ray - 1.5) * random(3, 5);
      const length = 150 - ray * 9;
      return `<g transform="rotate(${lean} ${x} 380)" fill="#dfe7ea" opacity="0.86">
        <rect x="${x - 12}" y="${385 - length}" width="24" height="${length}" rx="11"/>
        <rect x="${x - 10}" y="${310 - length}" width="20" height="64" rx="9"/>
        <rect x="${x - 9}" y="${262 - length}" width="18" height="38" rx="8"/></g>`;
    }).join('');
    return `<rect width="800" height="600" fill="#05080a"/>
      <path d="M250 120c60-60 300-50 320 40 20 130-70 220-80 290s-30 130-110 130-110-70-100-140-70-250-30-320z" fill="#7f97a3" opacity="0.35" filter="url(#softer)"/>
      ${bones}<path d="M300 392c60-22 170-20 200 6 10 40-18 62-20 96-4 52-40 74-84 74s-74-30-72-78c0-40-36-60-24-98z" fill="#c9d5da" opacity="0.62" filter="url(#soft)"/>
      <text x="70" y="96" font-family="sans-serif" font-size="46" fill="#eef4f6">${random(0, 1) > 0.5 ? 'R' : 'L'}</text>`;
  },
  shoe: (random) => {
    const color = ['#263240', '#6b2f2a', '#2e5240', '#8a6a3c'][Math.floor(random(0, 3.99))];
    return `${ground('#cfc8ba')}<ellipse cx="400" cy="470" rx="310" ry="34" fill="#000" opacity="0.25" filter="url(#soft)"/>
      <path d="M110 440c-6-90 10-200 30-216 30-16 90 10 120 6 40 70 120 110 230 124 110 14 196 30 198 86z" fill="${color}"/>
      <path d="M104 438h590c4 30-8 40-40 40H140c-28 0-38-12-36-40z" fill="#efe9dc"/>
      ${Array.from({ length: 5 }, (_value, lace) => `<path d="M${268 + lace * 38} ${262 + lace * 17}l34-34" stroke="#f4f0e6" stroke-width="7" stroke-linecap="round"/>`).join('')}`;
  },
  cast: (random) => {
    const lean = random(-6, 6);
    return `${ground('#31424e')}<g transform="rotate(${lean} 400 300)"><path d="M330 40h150c8 140-16 250 6 320 70 30 170 40 186 100 10 48-20 68-60 68H330c-30 0-44-22-42-60 6-130 52-260 42-428z" fill="#f1efe8"/>
      <path d="M330 40h150c8 140-16 250 6 320 70 30 170 40 186 100 10 48-20 68-60 68H330c-30 0-44-22-42-60 6-130 52-260 42-428z" fill="url(#light)"/>
      ${Array.from({ length: 9 }, (_value, band) => `<path d="M${320 - band * 3} ${90 + band * 46}q80 ${random(10, 34)} ${168 + band * 2} -6" stroke="#cfccc0" stroke-width="4" fill="none"/>`).join('')}</g>`;
  },
  fundus: (random) => {
    const side = random(0, 1) > 0.5 ? 1 : -1;
    const disc = 400 + side * 120;
    const vessels = Array.from({ length: 9 }, (_value, at) => {
      const up = at % 2 === 0 ? -1 : 1;
      const width = 7 - at * 0.5;
      return `<path d="M${disc} 300q${-side * random(20, 90)} ${up * random(70, 150)} ${-side * random(110, 330)} ${up * random(90, 230)}" stroke="${at % 3 === 0 ? '#8e1f16' : '#b23a22'}" stroke-width="${width}" fill="none" stroke-linecap="round"/>`;
    }).join('');
    return `<rect width="800" height="600" fill="#040202"/><clipPath id="eye"><circle cx="400" cy="300" r="276"/></clipPath>
      <g clip-path="url(#eye)"><circle cx="400" cy="300" r="276" fill="#c8552b"/>
      <circle cx="${400 - side * 40}" cy="300" r="230" fill="#e58a45" opacity="0.55" filter="url(#softer)"/>
      <circle cx="${400 - side * 70}" cy="306" r="52" fill="#7c2413" opacity="0.7" filter="url(#soft)"/>${vessels}
      <circle cx="${disc}" cy="300" r="44" fill="#f8d58d"/><circle cx="${disc}" cy="300" r="20" fill="#fff3cf" filter="url(#soft)"/>
      <circle cx="400" cy="300" r="276" fill="none" stroke="#300a04" stroke-width="60" opacity="0.5" filter="url(#softer)"/></g>`;
  },
  skin: (random) => {
    const spots = Array.from(
      { length: 26 },
      () =>
        `<circle cx="${random(20, 780)}" cy="${random(20, 480)}" r="${random(2, 6)}" fill="#7d4a30" opacity="0.4"/>`,
    ).join('');
    const x = random(320, 460);
    return `${ground(skinOf(random))}${spots}
      <path d="M${x - 70} 250c10-60 90-84 140-44 46 40 30 130-34 148-70 16-120-40-106-104z" fill="#5a2a1a" opacity="0.85" filter="url(#soft)"/>
      <circle cx="${x + 12}" cy="${random(260, 290)}" r="26" fill="#2f130c" opacity="0.7" filter="url(#soft)"/>${ruler(530)}`;
  },
  card: (random) => {
    const color = ['#2d6a4f', '#1d4e89', '#7a4419'][Math.floor(random(0, 2.99))];
    return `${ground('#8b8478')}<rect x="120" y="110" width="560" height="360" rx="26" fill="${color}"/>
      <rect x="120" y="160" width="560" height="60" fill="#fff" opacity="0.18"/>
      <text x="160" y="330" font-family="monospace" font-size="50" fill="#fff">0000 00000 0</text>
      <text x="160" y="410" font-family="sans-serif" font-size="32" fill="#fff" opacity="0.8">SAMPLE CARD</text>`;
  },
};
