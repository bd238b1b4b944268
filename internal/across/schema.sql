-- An app is an input file. yes/no columns are 1 and 0, NULL where nothing tells;
-- reached and before_consent are yes, no or unknown.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID; -- schema, tool, version, rules_digest
CREATE TABLE names ( -- of every id below, and what a check is about
  kind TEXT NOT NULL, -- data party permission rule clause sdk vendor
  id TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE apps (
  app INTEGER PRIMARY KEY, -- in the order of the files
  file TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, container TEXT NOT NULL,
  package TEXT NOT NULL, label TEXT NOT NULL, label_zh TEXT NOT NULL, label_en TEXT NOT NULL,
  version_name TEXT NOT NULL, version_code INTEGER NOT NULL, min_sdk INTEGER NOT NULL, target_sdk INTEGER NOT NULL,
  debuggable INTEGER NOT NULL, allow_backup INTEGER NOT NULL, cleartext INTEGER NOT NULL,
  verdict TEXT NOT NULL, -- clean findings incomplete error
  critical INTEGER NOT NULL, high INTEGER NOT NULL, medium INTEGER NOT NULL, low INTEGER NOT NULL, info INTEGER NOT NULL, -- findings not waived
  compared INTEGER NOT NULL, -- there was a policy with text
  policies TEXT NOT NULL, -- its files, joined by " | "
  signers TEXT NOT NULL, -- sha256 of the certificates, joined by blanks
  report TEXT NOT NULL); -- path of the JSON report below the output directory
CREATE TABLE sdks (
  app INTEGER NOT NULL REFERENCES apps, sdk TEXT NOT NULL,
  category TEXT NOT NULL, confidence TEXT NOT NULL, -- certain likely possible
  version TEXT NOT NULL, classes INTEGER NOT NULL,
  named INTEGER, -- in the policy
  PRIMARY KEY (app, sdk)) WITHOUT ROWID;
CREATE TABLE permissions (
  app INTEGER NOT NULL REFERENCES apps, permission TEXT NOT NULL,
  protection TEXT NOT NULL, -- normal dangerous signature internal unknown
  used TEXT NOT NULL, -- whether calls need it: yes no unknown
  PRIMARY KEY (app, permission)) WITHOUT ROWID;
CREATE TABLE uses ( -- sensitive APIs as a party's code contains them
  app INTEGER NOT NULL REFERENCES apps, api TEXT NOT NULL, kind TEXT NOT NULL, -- collect modify action capability behaviour sink entrypoint benign
  data TEXT NOT NULL, -- ids, joined by blanks
  party TEXT NOT NULL, via TEXT NOT NULL, target TEXT NOT NULL, -- method or field as in the DEX
  sites INTEGER NOT NULL, reached TEXT NOT NULL, before_consent TEXT NOT NULL);
CREATE TABLE pairs ( -- who reads what, and how the policy stands to it
  app INTEGER NOT NULL REFERENCES apps, party TEXT NOT NULL, data TEXT NOT NULL,
  verdict TEXT, -- disclosed undisclosed vague misattributed denied other_platform; NULL without a policy
  sites INTEGER NOT NULL, reached TEXT NOT NULL, before_consent TEXT NOT NULL,
  PRIMARY KEY (app, party, data)) WITHOUT ROWID;
CREATE TABLE findings (
  app INTEGER NOT NULL REFERENCES apps, rule TEXT NOT NULL, severity TEXT NOT NULL, confidence TEXT NOT NULL, verdict TEXT NOT NULL,
  basis TEXT NOT NULL, -- law store practice draft quality
  party TEXT NOT NULL, data TEXT NOT NULL, permission TEXT NOT NULL,
  title_zh TEXT NOT NULL, title_en TEXT NOT NULL, sites INTEGER NOT NULL, clauses TEXT NOT NULL, -- ids, joined by blanks
  status TEXT NOT NULL, -- new known waived
  fingerprint TEXT NOT NULL);
CREATE TABLE gaps (
  app INTEGER NOT NULL REFERENCES apps, kind TEXT NOT NULL, side TEXT NOT NULL, -- app policy
  incomplete INTEGER NOT NULL, what TEXT NOT NULL);
CREATE TABLE checks (
  app INTEGER NOT NULL REFERENCES apps, rule TEXT NOT NULL,
  state TEXT NOT NULL, -- violated satisfied undecidable not_looked
  basis TEXT NOT NULL,
  PRIMARY KEY (app, rule)) WITHOUT ROWID;
CREATE TABLE hosts ( -- named in code
  app INTEGER NOT NULL REFERENCES apps, host TEXT NOT NULL, party TEXT NOT NULL, via TEXT NOT NULL, -- code native script
  PRIMARY KEY (app, host, party, via)) WITHOUT ROWID;
