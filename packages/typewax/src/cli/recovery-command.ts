/** placeholder header, replaced below */
export async function recoveryInit(_d: string, _p: number, _o: (l: string) => void): Promise<void> {}
export async function recoveryInspect(_d: string, _p: { step?: string; json?: boolean }, _o: (l: string) => void): Promise<void> {}
export async function recoveryBackup(_d: string, _t: string, _o: (l: string) => void): Promise<void> {}
