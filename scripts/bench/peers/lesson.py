# The Flask app of the tutorial that Latchkey grew out of, run by gunicorn.
import os

from flask import Flask, jsonify, request

app = Flask(__name__)
KEYS = {os.environ["BENCH_KEY"]: {"client": "bench"}}


@app.get("/data")
def data():
    if request.headers.get("x-api-key") not in KEYS:
        return jsonify({"error": "Unauthorized"}), 401
    return jsonify({"message": "Access granted", "data": [1, 2, 3]})
