import annotations from './es.annotations.json' with { type: 'json' };
import clinical from './es.clinical.json' with { type: 'json' };
import compare from './es.compare.json' with { type: 'json' };
import intake from './es.intake.json' with { type: 'json' };
import office from './es.office.json' with { type: 'json' };
import people from './es.people.json' with { type: 'json' };
import shortcuts from './es.shortcuts.json' with { type: 'json' };
import viewer from './es.viewer.json' with { type: 'json' };

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
