export * from './lookup';
export * from './people';
export * from './reason-texts';
export * from './routing';
export * from './schedules';
export * from './time-texts';
