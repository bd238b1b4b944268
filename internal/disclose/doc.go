// Package disclose writes what a privacy policy must contain, from the facts of
// a report: the list of third-party SDKs, the list of collected personal
// information, the permissions, and a draft of Google Play's Data safety form.
//
// What stands in it outside brackets is read from the app, from a signature or,
// where it says so, from a vendor's own statement. Whatever the code cannot tell
// (what for, in which scene, whether it leaves the device) is a marked blank in a
// form that the policy reader reports as unfilled. It opens no app and reads no
// policy: verdicts on a policy come with the report.
package disclose
