import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../vtn/notify/addresses.ts';
import { CallbackRules } from '../../../vtn/notify/callback-rules.ts';

const strict = new CallbackRules({ allowInsecure: false, allowedNetworks: [] });

describe('addresses that callbacks may not reach', () => {
  it.each([
    ['this host', '0.0.0.0', '0.1.2.3'],
    ['private', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
    ['shared by carriers', '100.64.0.1', '100.127.255.255'],
    ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
    ['link-local', '169.254.0.1', '169.254.169.254', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
    ['protocol assignments', '192.0.0.1', '2001::1', '2001:1ff::1'],
    ['documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
    ['benchmarks', '198.18.0.1', '198.19.255.255', '2001:2::1'],
    ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1'],
    ['reserved', '240.0.0.1', '255.255.255.255'],
    ['unspecified', '::'],
    ['unique local', 'fc00::1', 'fdff::1'],
    ['site-local', 'fec0::1'],
    ['IPv4-mapped', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '0:0:0:0:0:ffff:a00:1'],
    ['IPv4-compatible', '::127.0.0.1', '::8.8.8.8'],
    ['NAT64', '64:ff9b::7f00:1', '64:ff9b::808:808', '64:ff9b:1::a00:1'],
    ['6to4', '192.88.99.1', '2002:7f00:1::1', '2002:808:808::1'],
    ['Teredo', '2001:0:7f00:1::1'],
    ['discard', '100::1'],
    ['segment routing', '5f00::1'],
    ['no addresses', '', 'localhost', '127.1', '1.2.3.4.5', '[::1]'],
  ])('%s', (_kind, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  it('are not those around them', () => {
    const open = [
      '1.1.1.1',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '126.255.255.255',
      '128.0.0.1',
    ];
    open.push(
      '169.253.1.1',
      '172.15.255.255',
      '172.32.0.0',
      '192.167.1.1',
      '192.169.0.0',
      '198.17.255.255',
      '198.20.0.0',
    );
    open.push('223.255.255.255', '2001:200::1', '2001:4860:4860::8888', '2606:4700::1111', '2003::1', '3ffe::1');
    expect(open.filter((address) => !isPublicAddress(address))).toEqual([]);
  });

  it('are found in URLs however they are written', () => {
    const hosts = [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '[::1]',
      '[::ffff:10.0.0.1]',
      '0',
      '10.1',
    ];
    hosts.push('１２７.０.０.１', '[64:ff9b::127.0.0.1]', '169.254.169.254', '[fe80::1]', '127.0.0.1.');
    for (const host of hosts) expect(strict.faultOf(`https://${host}/x`), host).toContain('expected a public address');
    expect(strict.faultOf('https://8.8.8.8/x')).toBeUndefined();
    expect(strict.faultOf('https://ven.example/x')).toBeUndefined();
  });

  it('may be let through by network, and all of them for development, which lets http through too', () => {
    const site = new CallbackRules({
      allowInsecure: false,
      allowedNetworks: ['10.20.0.0/16', 'fd00:1::/32', '192.168.7.7'],
    });
    for (const host of ['10.20.3.4', '[fd00:1::5]', '192.168.7.7'])
      expect(site.faultOf(`https://${host}/`)).toBeUndefined();
    for (const host of ['10.21.0.1', '[fd00:2::5]', '192.168.7.8'])
      expect(site.faultOf(`https://${host}/`)).toBeDefined();
    expect(site.faultOf('http://10.20.3.4/')).toBe('expected an https URL');
    const development = new CallbackRules({ allowInsecure: true, allowedNetworks: [] });
    for (const url of ['http://127.0.0.1:9000/', 'http://localhost/', 'https://10.0.0.1/']) {
      expect(development.faultOf(url)).toBeUndefined();
    }
    expect(development.faultOf('http://u:p@127.0.0.1/')).toContain('without user name and password');
    expect(development.faultOf('ftp://127.0.0.1/')).toBeDefined();
  });
});
