/**
 * Owns the look of the page on which members export and delete what is kept about them. Leaves to others: doing either, and whether
 * somebody signed in lately.
 */
import { Field } from '../field.js';
import { Layout } from '../layout.js';
import { english, fill, type Localized } from '../messages.js';
import { HiddenFields, Phrase } from '../phrase.js';
import { MyAccountLayout } from './layout.js';
import { Select } from './token-fields.js';

/** Props of `DataPage`. */
export interface DataPageProps extends Localized {
  csrfToken: string;
  memberEmail: string;
  accountName: string;
  /** What keeps the person from deleting themselves, if something does. */
  hindrance?: 'owner' | 'not recent';
  /** Who could get the service tokens; absent when there are none. */
  heirs?: readonly { id: string; name: string }[];
  /** What was typed and chosen, and refused. */
  confirmEmail?: string;
  heir?: string;
  /** That nothing was deleted. */
  error?: string;
  /** What was wrong with the fields. */
  confirmError?: string | undefined;
  heirError?: string | undefined;
}

function DeletionForm(props: DataPageProps) {
  const { csrfToken, memberEmail, heirs, confirmEmail = '', heir = '', messages = english } = props;
  const { confirmError, heirError } = props;
  return (
    <form method="post" action="/me/data">
      <HiddenFields fields={{ csrf: csrfToken }} />
      {heirs !== undefined && (
        <Select
          id="heir"
          label={messages.dataHeir}
          hint={messages.dataHeirHint}
          error={heirError}
          options={[
            { value: '', text: messages.dataHeirNobody },
            ...heirs.map(({ id, name }) => ({ value: id, text: name })),
          ]}
          chosen={heir}
        />
      )}
      <Field
        label={messages.dataConfirm}
        hint={fill(messages.dataConfirmHint, { email: memberEmail })}
        error={confirmError}
        input={{
          id: 'confirm-email',
          name: 'confirmEmail',
          type: 'email',
          value: confirmEmail,
          autocomplete: 'off',
          autocapitalize: 'none',
          spellcheck: false,
          required: true,
          autofocus: confirmError !== undefined,
        }}
      />
      <button type="submit" name="decision" value="delete" class="button button-danger">
        {messages.dataDeleteButton}
      </button>
    </form>
  );
}

/** What one can do with one's data. */
export function DataPage(props: DataPageProps) {
  const { csrfToken, accountName, hindrance, messages = english } = props;
  return (
    <MyAccountLayout current="/me/data" lead={messages.myDataLead} {...props}>
      <section class="section" aria-labelledby="export-heading">
        <h2 id="export-heading">{messages.dataExport}</h2>
        <p class="hint">{messages.dataExportHint}</p>
        <form method="post" action="/me/data">
          <HiddenFields fields={{ csrf: csrfToken }} />
          <button type="submit" name="decision" value="export" class="button button-primary">
            {messages.dataExportButton}
          </button>
        </form>
      </section>
      <section class="section" aria-labelledby="delete-heading">
        <h2 id="delete-heading">{messages.dataDelete}</h2>
        <p class="hint">{messages.dataDeleteHint}</p>
        {hindrance === undefined && <DeletionForm {...props} />}
        {hindrance === 'owner' && (
          <p class="notice notice-warning">
            <Phrase text={messages.dataDeleteOwner} values={{ account: accountName }} />
          </p>
        )}
        {hindrance === 'not recent' && (
          <>
            <p class="hint">{messages.dataDeleteSignInAgain}</p>
            <a class="button" href="/login?again=1&return_to=%2Fme%2Fdata">
              {messages.signInAgainNow}
            </a>
          </>
        )}
      </section>
    </MyAccountLayout>
  );
}

/** Props of `AccountDeletedPage`. */
export interface AccountDeletedPageProps extends Localized {
  /** Whether a message says the same. */
  sendsMail: boolean;
}

/** Confirms that the member is no more. */
export function AccountDeletedPage({ sendsMail, messages = english }: AccountDeletedPageProps) {
  return (
    <Layout title={messages.deletedTitle} messages={messages}>
      <h1>{messages.deletedTitle}</h1>
      <p class="lead">{sendsMail ? `${messages.deletedLead} ${messages.deletedMail}` : messages.deletedLead}</p>
      <a class="button" href="/">
        {messages.toFrontPage}
      </a>
    </Layout>
  );
}
