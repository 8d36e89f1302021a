import annotations from './en.annotations.json' with { type: 'json' };
import clinical from './en.clinical.json' with { type: 'json' };
import compare from './en.compare.json' with { type: 'json' };
import intake from './en.intake.json' with { type: 'json' };
import office from './en.office.json' with { type: 'json' };
import people from './en.people.json' with { type: 'json' };
import shortcuts from './en.shortcuts.json' with { type: 'json' };
import viewer from './en.viewer.json' with { type: 'json' };

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
