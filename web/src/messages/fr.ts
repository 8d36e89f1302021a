import annotations from './fr.annotations.json' with { type: 'json' };
import clinical from './fr.clinical.json' with { type: 'json' };
import compare from './fr.compare.json' with { type: 'json' };
import intake from './fr.intake.json' with { type: 'json' };
import office from './fr.office.json' with { type: 'json' };
import people from './fr.people.json' with { type: 'json' };
import shortcuts from './fr.shortcuts.json' with { type: 'json' };
import viewer from './fr.viewer.json' with { type: 'json' };

export const messages = {
  ...annotations,
  ...clinical,
  ...compare,
  ...intake,
  ...office,
  ...people,
  ...shortcuts,
  ...viewer,
};
