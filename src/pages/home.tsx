/**
 * Owns the front page. Leaves to others: who is signed in.
 */
import { Layout } from './layout.js';
import { english, fill, type Localized, type Messages } from './messages.js';
import { myAccountParts } from './my-account/parts.js';
import { Phrase } from './phrase.js';
import { roleInWords } from './role.js';

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
  const places = myAccountParts.map(({ path, label, hint }) => ({
    href: path,
    name: messages[label],
    hint: messages[hint],
  }));
  return (
    <Layout title={fill(messages.homeGreeting, { name })} messages={messages} memberEmail={member.email}>
      <h1>
        <Phrase text={messages.homeGreeting} values={{ name }} />
      </h1>
      <p class="lead">
        <Phrase
          text={messages.homeStanding}
          values={{ role: roleInWords(member.role, messages), account: member.accountName }}
        />
      </p>
      <h2 id="my-account">{messages.myAccount}</h2>
      <Destinations labelledBy="my-account" places={places} />
      <h2 id="developers">{messages.homeDevelopers}</h2>
      <Destinations labelledBy="developers" places={placesOfDevelopers(messages)} />
      <Issuer issuer={issuer} messages={messages} />
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
      <h2 id="developers">{messages.homeDevelopers}</h2>
      <Destinations labelledBy="developers" places={placesOfDevelopers(messages)} />
      <Issuer issuer={issuer} messages={messages} />
    </Layout>
  );
}

interface Place {
  readonly href: string;
  readonly name: string;
  readonly hint: string;
}

function placesOfDevelopers(messages: Messages): Place[] {
  return [
    { href: '/graphql', name: messages.homeExplore, hint: messages.homeExploreHint },
    { href: '/.well-known/openid-configuration', name: messages.homeDiscovery, hint: messages.homeDiscoveryHint },
  ];
}

function Destinations({ labelledBy, places }: { labelledBy: string; places: readonly Place[] }) {
  return (
    <nav aria-labelledby={labelledBy}>
      <ul class="destinations">
        {places.map(({ href, name, hint }) => (
          <li>
            <a href={href}>
              <span class="destination-name">{name}</span>
              <span class="destination-hint">{hint}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Issuer({ issuer, messages }: { issuer: string; messages: Messages }) {
  return (
    <p class="hint">
      {messages.homeIssuer} <code>{issuer}</code>
    </p>
  );
}
