// Receipts as receiptline prints them, in each of its command sets: bytes that nobody here wrote.
//   npm install receiptline; node receiptline_receipts.js > receiptline_receipts.json
const { transform } = require('receiptline');

const COMMANDS = ['escpos', 'epson', 'sii', 'citizen', 'fit', 'generic', 'impact', 'impactb',
  'starimpact', 'starimpact2', 'starimpact3', 'starmbcs', 'starmbcs2', 'starsbcs', 'starlinembcs'];
const STYLES = { plain: 'TOTAL | 1.234,56', big: '^^^TOTAL | ^^^$ 1.234,56' };

async function main() {
  const streams = {};
  for (const command of COMMANDS) {
    for (const [style, total] of Object.entries(STYLES)) {
      const receipt = '^^^ALMACEN\n{width:*,24}\nYERBA 1KG | 617,28\n-\n' + total
        + '\nEFECTIVO | 2.000,00\n{code:12345678; option:code128,2,50}\n=';
      const printer = { cpl: 48, encoding: 'cp858', command, cutting: true };
      const stream = await transform(receipt, printer);
      streams[`${command} ${style}`] = Buffer.from(stream, 'binary').toString('hex');
    }
  }
  console.log(JSON.stringify(streams, null, 1));
}

main();
