/** What a position contests: contracts/modules/game_states.vy. */
export const STATE = {
  ITEMS: 1,
  ITEM: 2,
  STEP: 3,
  NODES: 4,
  TUPLE: 5,
  STATES: 6,
  LOOP: 7,
  PAGES: 8,
  PAGE: 9,
  TERMS: 10,
} as const;
