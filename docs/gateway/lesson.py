"""An existing API with three routes. It knows nothing about keys."""

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/data")
def data():
    return jsonify(message="Access granted", data=[1, 2, 3])


@app.get("/info")
def info():
    return "Info data"


@app.get("/secret-data")
def secret_data():
    return jsonify(message="Welcome! Here is your secret data.", data=[10, 20, 30])
