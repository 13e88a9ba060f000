/** True in builds that carry the demo wallet (VITE_DEMO=1): a literal, so the other build drops the code. */
declare const __ASSAY_DEMO__: boolean;
