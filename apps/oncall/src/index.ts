export * from './oncall.module';
export { SignIn } from './sign-in';
