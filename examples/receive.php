<?php
/*
 * A receiver for the webhooks of a dispaccio wire, in one file: put it on a web server with
 * PHP 8.1 or newer, fill in the settings, and make the file's https address an endpoint.
 *
 * It checks the signature, drops what it has, refuses an older revision after a newer one and
 * anything after a withdrawal, writes each revision whole into a file of its own, and answers 200
 * only when that is on the disk. Messages of a rehearsal go into the folder TEST.
 *
 * To use a release otherwise than as a file, change take() and nothing else. It may be called
 * twice for one revision: when the machine stopped between take() and remember().
 */
declare(strict_types=1);

// ---- Settings: environment variables, or write the values here -------------------------------

define('SECRET', getenv('DISPACCIO_SECRET') ?: '');          // whsec_…, shown with the endpoint
define('PUBLIC_KEY', getenv('DISPACCIO_PUBLIC_KEY') ?: '');  // whpk_…, the wire's; one of both
define('WIRE', getenv('DISPACCIO_FROM') ?: '');              // https://wire.example
define('FOLDER', getenv('DISPACCIO_FOLDER') ?: '');          // outside the web server's folder
define('FORMAT', getenv('DISPACCIO_FORMAT') ?: 'dispaccio'); // what is fetched for thin payloads

const TOLERANCE = 300;              // seconds between signing and now
const LARGEST = 16 * 1024 * 1024;   // bytes of a document
const SUFFIXES = [
    'application/vnd.dispaccio+json' => '.json',
    'application/vnd.iptc.ninjs+json' => '.ninjs.json',
    'application/vnd.iptc.g2.newsitem+xml' => '.xml',
    'application/nitf+xml' => '.nitf.xml',
    'application/json' => '.json',
    'text/html' => '.html',
    'text/markdown' => '.md',
    'text/plain' => '.txt',
];

// ---- What is done with a revision ------------------------------------------------------------

function take(array $delivery): void
{
    $place = FOLDER . ($delivery['test'] ? '/TEST' : '');
    if (!is_dir($place) && !mkdir($place, 0770, true) && !is_dir($place)) {
        throw new Refusal(503, 'not-taken', 'The folder cannot be made.');
    }
    $name = file_part($delivery['number'] ?: $delivery['release']) . '.v' . $delivery['version'];
    write_whole("$place/$name{$delivery['suffix']}", $delivery['document']);
}

// ---- The rest is the same for everybody ------------------------------------------------------

class Refusal extends Exception
{
    public function __construct(public int $status, public string $name, string $detail)
    {
        parent::__construct($detail);
    }
}

function answer(int $status, string $code, string $detail): void
{
    http_response_code($status);
    header('content-type: application/json');
    echo json_encode(['code' => $code, 'detail' => $detail], JSON_INVALID_UTF8_SUBSTITUTE);
}

/** The webhook-id of a message whose signature holds (Standard Webhooks 1.0). */
function verified(string $body): string
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $time = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    $given = $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '';
    if ($id === '' || $given === '' || !preg_match('/^[0-9]{1,11}$/D', $time)) {
        throw new Refusal(403, 'signature-missing', 'The three webhook headers are needed.');
    }
    if (abs(time() - (int) $time) > TOLERANCE) {
        throw new Refusal(403, 'signature-expired', 'It was signed more than 5 minutes ago.');
    }
    $content = "$id.$time.$body";
    foreach (array_slice(explode(' ', $given), 0, 16) as $signature) {
        [$version, $text] = explode(',', $signature, 2) + ['', ''];
        $bytes = (string) base64_decode($text, true);
        if ($version === 'v1' && SECRET !== '') {
            $key = (string) base64_decode(substr(SECRET, strlen('whsec_')), true);
            if ($key !== '' && hash_equals(hash_hmac('sha256', $content, $key, true), $bytes)) {
                return $id;
            }
        }
        if ($version === 'v1a' && PUBLIC_KEY !== '' && strlen($bytes) === 64) {
            $key = (string) base64_decode(substr(PUBLIC_KEY, strlen('whpk_')), true);
            if (strlen($key) === 32 && sodium_crypto_sign_verify_detached($bytes, $content, $key)) {
                return $id;
            }
        }
    }
    throw new Refusal(403, 'signature-invalid', 'No signature fits.');
}

/** The delivery in a message; null for a ping, and for what is no delivery. */
function delivery(string $id, string $body, string $type): ?array
{
    $said = str_contains($type, 'json') ? json_decode($body, true, 64) : null;
    $said = is_array($said) ? $said : [];
    $thin = is_array($said['data'] ?? null);
    if ($thin && !str_starts_with(text($said['type'] ?? null), 'release.')) {
        return null;
    }
    if (!preg_match('/^(?<release>[A-Za-z0-9-]{1,80})\.v(?<version>[1-9][0-9]{0,8})$/D', $id, $is)) {
        throw new Refusal(422, 'malformed-delivery', 'The webhook-id names no revision.');
    }
    $facts = $thin ? $said['data'] : $said;
    $version = (int) $is['version'];
    $plain = preg_replace('/^test-/', '', $is['release']);
    $same = !$thin || ($facts['id'] ?? null) === "urn:uuid:$plain";
    if (!$same || ($facts['version'] ?? ($thin ? null : $version)) != $version) {
        throw new Refusal(422, 'malformed-delivery', 'The payload is of another revision.');
    }
    return [
        'release' => $is['release'],
        'version' => $version,
        'number' => text($facts['number'] ?? null),
        'kind' => text($facts['kind'] ?? null),
        'status' => text($facts['status'] ?? null),
        'url' => $thin ? text($facts['urls'][FORMAT] ?? null) : '',
        'document' => $thin ? null : $body,
        'suffix' => suffix($type),
        'test' => str_starts_with($is['release'], 'test-') || ($said['test'] ?? false) === true,
    ];
}

/** The same with its document, fetched from the wire and from nowhere else. */
function fetched(array $delivery): array
{
    $url = $delivery['url'];
    if ($url === '' || origin($url) === null || origin($url) !== origin(WIRE)) {
        throw new Refusal(403, 'not-from-the-wire', 'The document is not on the wire\'s host.');
    }
    $context = stream_context_create([
        'http' => ['follow_location' => 0, 'timeout' => 10, 'user_agent' => 'dispaccio-receive'],
    ]);
    $stream = @fopen($url, 'rb', false, $context);
    $document = $stream ? stream_get_contents($stream, LARGEST + 1) : false;
    $head = $stream ? (stream_get_meta_data($stream)['wrapper_data'] ?? []) : [];
    $whole = $stream && feof($stream) && !stream_get_meta_data($stream)['timed_out'];
    $taken = preg_match('/^HTTP\S+ 200/', text($head[0] ?? null)) && is_string($document);
    if (!$taken || !$whole || strlen($document) > LARGEST) {
        throw new Refusal(503, 'document-unreachable', 'The wire does not give the document.');
    }
    foreach ($head as $line) {
        if (preg_match('/^content-type:\s*(.+)$/i', $line, $found)) {
            $delivery['suffix'] = suffix($found[1]);
        }
    }
    return ['document' => $document] + $delivery;
}

/** Whether it is new; an older revision and what follows a withdrawal are refused. */
function is_new(array $delivery, array $known): bool
{
    if (in_array($delivery['version'], $known['versions'], true)) {
        return false;
    }
    if ($known['withdrawn']) {
        throw new Refusal(409, 'already-withdrawn', 'The release was withdrawn.');
    }
    if ($known['versions'] && $delivery['version'] < max($known['versions'])) {
        throw new Refusal(409, 'older-revision', 'A newer revision was taken before.');
    }
    return true;
}

function memory(string $release): string
{
    return FOLDER . "/.taken/$release.json";
}

function known(string $release): array
{
    $path = memory($release);
    $said = is_file($path) ? json_decode((string) file_get_contents($path), true) : null;
    return is_array($said) ? $said : ['versions' => [], 'withdrawn' => false];
}

function remember(array $delivery, array $known): void
{
    $known['versions'][] = $delivery['version'];
    $known['withdrawn'] = $known['withdrawn'] || $delivery['kind'] === 'withdrawal';
    write_whole(memory($delivery['release']), (string) json_encode($known));
}

/** Write a file whole or not at all. */
function write_whole(string $path, string $data): void
{
    $part = dirname($path) . '/.' . basename($path) . '.part';
    $file = @fopen($part, 'wb');
    $done = $file && fwrite($file, $data) === strlen($data) && fflush($file) && fsync($file);
    if ($file) {
        fclose($file);
    }
    if (!$done || !rename($part, $path)) {
        throw new Refusal(503, 'not-taken', 'The file cannot be written.');
    }
}

/** A text as a harmless part of a file name, on every system. */
function file_part(string $text): string
{
    $name = trim(substr((string) preg_replace('/[^A-Za-z0-9_-]+/', '-', $text), 0, 100), '-');
    $device = preg_match('/^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i', $name);
    return $name === '' || $device ? "_$name" : $name;
}

function origin(string $url): ?array
{
    $parts = parse_url($url);
    $scheme = $parts['scheme'] ?? '';
    if (!in_array($scheme, ['http', 'https'], true) || isset($parts['user'])) {
        return null;
    }
    return [$scheme, $parts['host'] ?? '', $parts['port'] ?? ($scheme === 'https' ? 443 : 80)];
}

function suffix(string $type): string
{
    return SUFFIXES[strtolower(trim(explode(';', $type)[0]))] ?? '.bin';
}

function text(mixed $value): string
{
    return is_string($value) ? $value : '';
}

function receive(): void
{
    if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
        throw new Refusal(405, 'method-not-allowed', 'Webhooks are sent by POST.');
    }
    if (FOLDER === '' || WIRE === '' || SECRET . PUBLIC_KEY === '') {
        throw new Refusal(503, 'not-set-up', 'Fill in the settings at the top of the file.');
    }
    $body = (string) file_get_contents('php://input', false, null, 0, LARGEST + 1);
    if (strlen($body) > LARGEST) {
        throw new Refusal(413, 'too-large', 'The message is too large.');
    }
    $delivery = delivery(verified($body), $body, $_SERVER['CONTENT_TYPE'] ?? '');
    if ($delivery === null) {
        answer(200, 'ok', 'That is no delivery.');
        return;
    }
    if (!is_dir(FOLDER . '/.taken')) {
        @mkdir(FOLDER . '/.taken', 0770, true);
    }
    $lock = @fopen(FOLDER . '/.taken/lock', 'cb');  // one after the other, whoever serves PHP
    if (!$lock || !flock($lock, LOCK_EX)) {
        throw new Refusal(503, 'not-taken', 'The folder cannot be used.');
    }
    $known = known($delivery['release']);
    if (!is_new($delivery, $known)) {
        answer(200, 'known', 'It was taken before.');
        return;
    }
    $delivery = $delivery['document'] === null ? fetched($delivery) : $delivery;
    take($delivery);
    remember($delivery, $known);
    answer(200, 'taken', "{$delivery['number']}, revision {$delivery['version']}, was taken.");
}

try {
    receive();
} catch (Refusal $refusal) {
    answer($refusal->status, $refusal->name, $refusal->getMessage());
} catch (Throwable $trouble) {
    error_log((string) $trouble);
    answer(500, 'internal-error', 'The receiver failed.');
}
