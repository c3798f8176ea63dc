export { SendGridChannel } from './sendgrid.channel';
