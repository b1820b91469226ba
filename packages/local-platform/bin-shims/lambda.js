// Stands in for Lambda: loads the handler of the file that is given and answers the events of the parent process.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { handler } = require(process.argv[2]);

process.on('message', ({ id, event, timeoutMs }) => {
  const end = Date.now() + timeoutMs;
  Promise.resolve()
    .then(() =>
      handler(event, {
        awsRequestId: id,
        getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
      }),
    )
    .then(
      () => process.send({ id }),
      error => process.send({ id, error: error.message }),
    );
});
process.on('disconnect', () => process.exit());
