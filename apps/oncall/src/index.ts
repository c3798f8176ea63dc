export * from './oncall.module';
export { SignIn } from './sign-in';
export { oncallService } from './service';
export { oncallSchema } from './config';
