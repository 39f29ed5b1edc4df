"""From a folder of submissions to marks: answers run where they can do no harm, and are compared here."""
