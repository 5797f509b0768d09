/**
 * Owns the front page. Leaves to others: who is signed in.
 */
import { Layout } from './layout.js';
import { english, fill, type Localized, type Messages } from './messages.js';
import { Phrase } from './phrase.js';

/** The signed-in member as the front page shows them. */
export interface HomeMember {
  email: string;
  name?: string;
  role: string;
  accountName: string;
}

/** Props of `HomePage`. */
export interface HomePageProps extends Localized {
  /** Absent when nobody is signed in. */
  member?: HomeMember;
  issuer: string;
}

const discoveryPath = '/.well-known/openid-configuration';

/** Who you are and where to go next; or, signed out, what this is. */
export function HomePage({ member, issuer, messages = english }: HomePageProps) {
  return member === undefined ? (
    <SignedOutHome issuer={issuer} messages={messages} />
  ) : (
    <SignedInHome member={member} issuer={issuer} messages={messages} />
  );
}

function SignedInHome({ member, issuer, messages }: { member: HomeMember; issuer: string; messages: Messages }) {
  const name = member.name ?? member.email;
  return (
    <Layout title={fill(messages.homeGreeting, { name })} messages={messages}>
      <h1>
        <Phrase text={messages.homeGreeting} values={{ name }} />
      </h1>
      <dl class="facts" aria-label={messages.homeYou}>
        <dt>{messages.email}</dt>
        <dd>{member.email}</dd>
        <dt>{messages.homeAccount}</dt>
        <dd>{member.accountName}</dd>
        <dt>{messages.homeRole}</dt>
        <dd>{member.role}</dd>
        <dt>{messages.homeIssuer}</dt>
        <dd>
          <code>{issuer}</code>
        </dd>
      </dl>
      <Destinations messages={messages} />
      <a class="button button-primary" href="/me">
        {messages.myAccount}
      </a>
      <a class="button" href="/logout">
        {messages.signOut}
      </a>
    </Layout>
  );
}

function SignedOutHome({ issuer, messages }: { issuer: string; messages: Messages }) {
  return (
    <Layout title={messages.homeSignedOutTitle} messages={messages}>
      <h1>{messages.homeSignedOutTitle}</h1>
      <p class="lead">{messages.homeSignedOutLead}</p>
      <a class="button button-primary" href="/login?return_to=/">
        {messages.signIn}
      </a>
      <Destinations messages={messages} />
      <dl class="facts">
        <dt>{messages.homeIssuer}</dt>
        <dd>
          <code>{issuer}</code>
        </dd>
      </dl>
    </Layout>
  );
}

function Destinations({ messages }: { messages: Messages }) {
  return (
    <nav class="destinations" aria-label={messages.homeNext}>
      <a href="/graphql">
        <span class="destination-name">{messages.homeExplore}</span>
        <span class="destination-hint">{messages.homeExploreHint}</span>
      </a>
      <a href={discoveryPath}>
        <span class="destination-name">{messages.homeDiscovery}</span>
        <span class="destination-hint">{messages.homeDiscoveryHint}</span>
      </a>
    </nav>
  );
}
